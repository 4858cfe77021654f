package io.twintrack.transport.aeron;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SharedMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The link to one peer over Aeron UDP.
 *
 * <p>Each time a link is opened it draws a new incarnation, which is the session id of its two outgoing streams and
 * stands in every datagram that it sends. So a link knows to which life of the peer each part belongs: the incoming
 * streams by their session ids, the listeners of its outgoing ones by the status messages they send. It is up when all
 * four parts are there and belong to one life of the peer, the one that answers at the peer's address. A peer that
 * comes back before the old one has timed out shows as parts of two lives: down, and up again when all are new. Frames
 * that arrive before the link is up wait. Nodes that are not the peer cannot disturb: nobody answers for them.
 */
public final class AeronReplicaLink implements ReplicaLink {
    private static final Logger LOG = LoggerFactory.getLogger(AeronReplicaLink.class);
    private static final long REOPEN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final AeronDriver driver;
    private final LinkOptions options;
    private final SocketBuffers socketBuffers;
    private final LinkCounters counters = new LinkCounters();
    private final LinkSockets sockets;
    private final FrameLayout dataLayout;
    private final FrameLayout replyLayout;
    private final OutboundStream frames;
    private final OutboundStream replies;
    private final InboundStream inboundFrames;
    private final InboundStream inboundReplies;
    private final UntakenStreams untaken;
    private LinkListener listener = new DeafListener();
    private AeronStreams streams;
    private boolean complete;
    private int generation;
    private long nextOpenNs;
    private boolean hasRun;
    private long lastNowNs;
    private boolean up;
    private long peerIncarnation = LinkSockets.NOBODY;

    /**
     * @param sharedMemory hears where received frames will lie.
     * @throws IllegalArgumentException if options are wrong or do not fit the driver's other links or its memory.
     */
    public AeronReplicaLink(final AeronDriver driver, final LinkOptions options, final SharedMemory sharedMemory) {
        this.driver = driver;
        this.options = options.conclude();
        sockets = new LinkSockets(
            options.local(), options.peer(), options.longestTerm(), counters, driver.errors());
        driver.register(sockets, options.memoryNeeded());
        socketBuffers = SocketBuffers.of(options);
        dataLayout = FrameLayout.ofData(options.mtu());
        replyLayout = FrameLayout.ofReplies(options.replyMtu());
        frames = new OutboundStream(dataLayout, counters, LinkCounter.FRAMES_SENT);
        replies = new OutboundStream(replyLayout, counters, LinkCounter.REPLIES_SENT);
        inboundFrames = new InboundStream(
            LinkStream.DATA, options.maxHeldFrames(), sharedMemory, counters, driver.errors());
        inboundReplies = new InboundStream(LinkStream.REPLIES, 1, SharedMemory.IGNORED, counters, driver.errors());
        untaken = new UntakenStreams(options.stallTimeoutNs() + REOPEN_INTERVAL_NS, () -> driver.errors().report(
            "The node " + options.peer() + " answers, but its streams were not taken: opening the link anew"));
        LOG.info("Link {} to {}: datagrams up to {} bytes, {} layout, frames up to {} bytes, window {}, {} of RAM disk",
            options.local(), options.peer(), options.mtu(), dataLayout.aligned() ? "aligned" : "compact",
            dataLayout.maxFrameLength(), socketBuffers.dataWindow(),
            DriverDirectory.mebibytes(options.memoryNeeded()));
    }

    @Override
    public void listener(final LinkListener listener) {
        this.listener = listener;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public FrameChannel frames() {
        return frames;
    }

    @Override
    public FrameChannel replies() {
        return replies;
    }

    @Override
    public int pollFrames(final FrameHandler handler, final int limit) {
        return up ? inboundFrames.poll(peerIncarnation, handler, limit) : 0;
    }

    /** @throws IllegalStateException if the handler holds a reply. */
    @Override
    public int pollReplies(final FrameHandler handler, final int limit) {
        final int taken = up ? inboundReplies.poll(peerIncarnation, handler, limit) : 0;
        if (inboundReplies.heldCount() > 0) {
            throw new IllegalStateException("a reply cannot be held");
        }
        return taken;
    }

    @Override
    public void release(final long token) {
        inboundFrames.release(token);
    }

    @Override
    public int doWork(final long nowNs) {
        lastNowNs = nowNs;
        int work = driver.doWork(nowNs);
        if (streams != null && (streams.isClosed() || generation != driver.generation())) {
            abandon(nowNs, "this side paused for too long");
        }
        if (streams == null) {
            work += open(nowNs);
        } else if (!complete) {
            work += awaitStreams(nowNs);
        }
        inboundFrames.maintain(nowNs, peerIncarnation, options.stallTimeoutNs());
        inboundReplies.maintain(nowNs, peerIncarnation, options.stallTimeoutNs());
        return work + track(nowNs);
    }

    private int open(final long nowNs) {
        final Aeron aeron = driver.aeron();
        if (aeron == null || hasRun && nowNs - nextOpenNs < 0) {
            return 0;
        }
        hasRun = true;
        nextOpenNs = nowNs + REOPEN_INTERVAL_NS;
        generation = driver.generation();
        sockets.open(ThreadLocalRandom.current().nextInt());
        inboundFrames.open(aeron.countersReader());
        inboundReplies.open(aeron.countersReader());
        streams = new AeronStreams(aeron);
        try {
            add(LinkStream.DATA, inboundFrames, dataLayout, options.termLength(), socketBuffers.dataWindow());
            add(LinkStream.REPLIES, inboundReplies, replyLayout, options.replyTermLength(),
                socketBuffers.replyWindow());
        } catch (final AeronException ex) {
            fail(nowNs, ex);
        }
        return 1;
    }

    private void fail(final long nowNs, final AeronException ex) {
        driver.errors().onError(ex);
        abandon(nowNs, "the streams cannot be opened");
    }

    private void add(
        final LinkStream stream, final InboundStream inbound, final FrameLayout layout, final int termLength,
        final int window) {
        streams.add(stream,
            Channels.publication(options.peer(), layout, termLength, sockets.incarnation(), socketBuffers),
            Channels.subscription(options.local(), window, socketBuffers),
            image -> inbound.onAvailable(image, sockets.answeredBy(stream)),
            inbound::onUnavailable);
    }

    private int awaitStreams(final long nowNs) {
        try {
            complete = streams.poll();
        } catch (final AeronException ex) {
            fail(nowNs, ex);
            return 1;
        }
        if (complete) {
            frames.publication(streams.publication(LinkStream.DATA));
            replies.publication(streams.publication(LinkStream.REPLIES));
        }
        return complete ? 1 : 0;
    }

    /** This life of the link is over: it will be opened anew, with new streams. */
    private void abandon(final long nowNs, final String reason) {
        down(nowNs, reason);
        frames.publication(null);
        replies.publication(null);
        inboundFrames.loseAll();
        inboundReplies.loseAll();
        streams.close();
        streams = null;
        complete = false;
        peerIncarnation = LinkSockets.NOBODY;
    }

    private int track(final long nowNs) {
        if (frames.isExhausted() || replies.isExhausted()) {
            abandon(nowNs, "a stream is at the end of its positions");
            return 1;
        }
        final Missing missing = missing();
        if (untaken.isOverdue(!up && missing == Missing.SENDERS, nowNs)) {
            abandon(nowNs, missing.reason());
            return 1;
        }
        if (up == (missing == Missing.NOTHING)) {
            return 0;
        }
        if (!up) {
            up(nowNs);
        } else if (missing.foundHere()) {
            abandon(nowNs, missing.reason());
        } else {
            down(nowNs, missing.reason());
        }
        return 1;
    }

    /** All four parts have to be there and to belong to one life of the peer; while the link is up, to the same one. */
    private Missing missing() {
        final long answeredBy = sockets.answeredBy(LinkStream.DATA);
        if (!complete) {
            return Missing.STREAMS;
        }
        if (answeredBy == LinkSockets.NOBODY || answeredBy != sockets.answeredBy(LinkStream.REPLIES)) {
            return Missing.ONE_LIFE;
        }
        if (up && answeredBy != peerIncarnation) {
            return Missing.SAME_LIFE;
        }
        if (inboundFrames.isEnded(answeredBy) || inboundReplies.isEnded(answeredBy)) {
            return Missing.ENDED;
        }
        if (!frames.isConnected() || !replies.isConnected()) {
            return Missing.LISTENERS;
        }
        return inboundFrames.hasLive(answeredBy) && inboundReplies.hasLive(answeredBy)
            ? Missing.NOTHING : Missing.SENDERS;
    }

    private void up(final long nowNs) {
        up = true;
        peerIncarnation = sockets.answeredBy(LinkStream.DATA);
        counters.increment(LinkCounter.LINK_UPS);
        frames.open(true);
        replies.open(true);
        LOG.info("Link to {} is up", options.peer());
        listener.onLinkUp(nowNs);
    }

    private void down(final long nowNs, final String reason) {
        if (up) {
            up = false;
            counters.increment(LinkCounter.LINK_DOWNS);
            frames.open(false);
            replies.open(false);
            LOG.info("Link to {} is down: {}", options.peer(), reason);
            listener.onLinkDown(nowNs, reason);
        }
    }

    /**
     * How long the HBA may wait for its sockets after a cycle that found nothing to do, in nanoseconds: Aeron's timers
     * are kept, and a gap is asked for in time.
     */
    public long maxSleepNs() {
        if (!driver.isIdle()) {
            return 0;
        }
        return inboundFrames.hasGap() || inboundReplies.hasGap() ? driver.nakDelayNs() : MAX_SLEEP_NS;
    }

    public LinkCounters counters() {
        return counters;
    }

    /** @return how many received frames are held. */
    int heldFrames() {
        return inboundFrames.heldCount();
    }

    /** Closes the streams and gives their memory back; other links of the driver go on. */
    @Override
    public void close() {
        if (streams != null) {
            abandon(lastNowNs, "closed here");
        }
        driver.unregister(sockets, options.memoryNeeded());
        inboundReplies.maintain(lastNowNs, peerIncarnation, options.stallTimeoutNs());
        if (!inboundFrames.maintain(lastNowNs, peerIncarnation, options.stallTimeoutNs())) {
            LOG.error("Link to {} closed while {} frames are held: their memory stays mapped", options.peer(),
                inboundFrames.heldCount());
        }
    }
}
