package io.twintrack.transport.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.twintrack.engine.port.FrameChannel;
import org.agrona.MutableDirectBuffer;

/** The sending end of one stream: frames are claimed in the publication's term buffer and filled there. */
final class OutboundStream implements FrameChannel {
    private final FrameLayout layout;
    private final LinkCounters counters;
    private final LinkCounter sentCounter;
    private final BufferClaim claim = new BufferClaim();
    private ExclusivePublication publication;
    private boolean open;
    private boolean exhausted;

    OutboundStream(final FrameLayout layout, final LinkCounters counters, final LinkCounter sentCounter) {
        this.layout = layout;
        this.counters = counters;
        this.sentCounter = sentCounter;
    }

    /** @param publication of this life of the link, or null: there is none. */
    void publication(final ExclusivePublication publication) {
        this.publication = publication;
        open = false;
        exhausted = false;
    }

    /** @param open whether frames may be claimed. */
    void open(final boolean open) {
        this.open = open;
    }

    boolean isConnected() {
        return publication != null && publication.isConnected();
    }

    /** The stream has reached the end of its positions, 2^31 terms: the link has to be opened anew. */
    boolean isExhausted() {
        return exhausted;
    }

    @Override
    public int maxFrameLength() {
        return layout.maxFrameLength();
    }

    @Override
    public int headerLength() {
        return layout.headerLength();
    }

    @Override
    public int claim(final int length) {
        if (!open) {
            return NOT_CONNECTED;
        }
        final int claimLength = layout.claimLength(length);
        long position = publication.tryClaim(claimLength, claim);
        if (position == Publication.ADMIN_ACTION) {
            // The term was full and has been turned over: the next try finds room or the window's end.
            position = publication.tryClaim(claimLength, claim);
        }
        return position > 0 ? CLAIMED : failed(position);
    }

    private int failed(final long result) {
        if (result == Publication.NOT_CONNECTED || result == Publication.CLOSED) {
            return NOT_CONNECTED;
        }
        if (result == Publication.MAX_POSITION_EXCEEDED) {
            exhausted = true;
            return NOT_CONNECTED;
        }
        counters.increment(LinkCounter.BACK_PRESSURED);
        return BACK_PRESSURED;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return claim.buffer();
    }

    @Override
    public int offset() {
        return claim.offset();
    }

    @Override
    public void commit() {
        claim.commit();
        counters.increment(sentCounter);
    }

    @Override
    public void abort() {
        claim.abort();
    }
}
