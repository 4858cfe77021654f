package io.twintrack.transport.aeron;

import io.aeron.Image;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.SharedMemory;
import org.agrona.concurrent.status.CountersReader;

import java.io.IOException;
import java.util.ArrayDeque;

/**
 * The images of one incoming stream. One of them, at most, belongs to the life of the peer that answers us: only its
 * frames are offered. Others are what is left of an earlier life, or come from nodes that call the wrong port; they are
 * few, and never read. HBA's thread only.
 */
final class InboundStream {
    static final int MAX_IMAGES = 4;

    private record Unwanted(Image image, String reason) {
    }

    private final LinkStream stream;
    private final LinkCounters counters;
    private final ErrorReports errors;
    private final LinkCounter receivedCounter;
    private final InboundImage[] images = new InboundImage[HeldFrames.OWNERS];
    /** Images to reject: Aeron takes no call from within its own. */
    private final ArrayDeque<Unwanted> unwanted = new ArrayDeque<>();
    private CountersReader counterReader;
    private long nowNs;

    InboundStream(
        final LinkStream stream, final int maxHeldFrames, final SharedMemory sharedMemory,
        final LinkCounters counters, final ErrorReports errors) {
        this.errors = errors;
        this.stream = stream;
        this.counters = counters;
        receivedCounter = stream == LinkStream.DATA ? LinkCounter.FRAMES_RECEIVED : LinkCounter.REPLIES_RECEIVED;
        for (int slot = 0; slot < images.length; slot++) {
            images[slot] = new InboundImage(slot, maxHeldFrames, sharedMemory, counters);
        }
    }

    void open(final CountersReader counterReader) {
        this.counterReader = counterReader;
    }

    /** Takes the image, unless there are too many; the one that nobody answers for and that is oldest has to go. */
    void onAvailable(final Image image, final long answeredBy) {
        if (liveCount() >= MAX_IMAGES) {
            rejectOldestStranger(answeredBy);
        }
        final InboundImage place = freePlace();
        if (place == null) {
            counters.increment(LinkCounter.IMAGES_REJECTED);
            unwanted.add(new Unwanted(image, "too many streams"));
            return;
        }
        try {
            place.attach(image, counterReader, nowNs);
            counters.increment(LinkCounter.IMAGES_ACCEPTED);
        } catch (final IOException ex) {
            errors.report("Cannot map the " + stream + " stream from " + image.sourceIdentity() + ": " + ex);
            unwanted.add(new Unwanted(image, "the receiver cannot map it"));
        }
    }

    void onUnavailable(final Image image) {
        for (final InboundImage candidate : images) {
            if (candidate.isLive(image)) {
                candidate.lose();
            }
        }
    }

    void loseAll() {
        for (final InboundImage image : images) {
            image.lose();
        }
        unwanted.clear();
        counterReader = null;
    }

    /** @return whether the peer's life of this number sends on this stream. */
    boolean hasLive(final long incarnation) {
        final InboundImage image = find(incarnation);
        return image != null && !image.isEnded();
    }

    /** @return whether the peer's life of this number has said that it sends no more, and all of it was read. */
    boolean isEnded(final long incarnation) {
        final InboundImage image = find(incarnation);
        return image != null && image.isEnded();
    }

    int poll(final long incarnation, final FrameHandler handler, final int limit) {
        final InboundImage image = find(incarnation);
        if (image == null) {
            return 0;
        }
        final int taken = image.poll(handler, limit);
        counters.add(receivedCounter, taken);
        return taken;
    }

    void release(final long token) {
        images[HeldFrames.ownerOf(token)].release(token);
    }

    /** @return whether something is known to be missing in any stream. */
    boolean hasGap() {
        for (final InboundImage image : images) {
            if (image.isLive() && image.isGapAhead()) {
                return true;
            }
        }
        return false;
    }

    int heldCount() {
        int count = 0;
        for (final InboundImage image : images) {
            count += image.heldCount();
        }
        return count;
    }

    /**
     * Gives lost memory back, and drops the peer's stream if it is damaged or stands still: then the link, which lacks
     * it, closes the subscription.
     *
     * @return whether all lost memory is given back.
     */
    boolean maintain(final long nowNs, final long incarnation, final long stallTimeoutNs) {
        this.nowNs = nowNs;
        rejectUnwanted();
        boolean clean = true;
        for (final InboundImage image : images) {
            if (!image.isLive()) {
                clean &= image.reclaim();
            } else if (image.isDamaged()) {
                end(image, LinkCounter.IMAGES_DAMAGED, "damaged");
            } else if (image.incarnation() == incarnation && image.isStalled(nowNs, stallTimeoutNs)) {
                end(image, LinkCounter.IMAGES_STALLED, "gap not repaired");
            }
        }
        return clean;
    }

    private void rejectUnwanted() {
        for (Unwanted next = unwanted.poll(); next != null; next = unwanted.poll()) {
            if (!next.image.isClosed()) {
                next.image.reject(next.reason);
            }
        }
    }

    private void end(final InboundImage image, final LinkCounter counter, final String reason) {
        counters.increment(counter);
        errors.report("Ending the incoming " + stream + " stream: " + reason);
        image.lose();
    }

    private InboundImage find(final long incarnation) {
        for (final InboundImage image : images) {
            if (image.isLive() && image.incarnation() == incarnation) {
                return image;
            }
        }
        return null;
    }

    private InboundImage freePlace() {
        for (final InboundImage image : images) {
            if (!image.isLive() && image.reclaim()) {
                return image;
            }
        }
        return null;
    }

    private int liveCount() {
        int count = 0;
        for (final InboundImage image : images) {
            count += image.isLive() ? 1 : 0;
        }
        return count;
    }

    private void rejectOldestStranger(final long answeredBy) {
        InboundImage oldest = null;
        for (final InboundImage image : images) {
            if (image.isLive() && image.incarnation() != answeredBy
                && (oldest == null || image.correlationId() < oldest.correlationId())) {
                oldest = image;
            }
        }
        if (oldest != null) {
            counters.increment(LinkCounter.IMAGES_REJECTED);
            errors.report(
                "Too many nodes send to the " + stream + " stream: the oldest that is not the peer has to go");
            unwanted.add(new Unwanted(oldest.lose(), "the receiver expects another node"));
        }
    }
}
