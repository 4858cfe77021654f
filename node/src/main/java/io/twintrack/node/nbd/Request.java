package io.twintrack.node.nbd;

/** One request in flight. Reused; all fields are set by {@link #begin}. */
final class Request {
    /** How the data of a read is replied. */
    enum Delivery {
        /** No data. */
        NONE,
        /** Structured: each piece is a chunk, sent as soon as it is there. */
        CHUNKS,
        /** One reply, sent when all pieces are there: it fits in the connection's reserve of slots. */
        WHOLE,
        /** One simple reply, too long to wait for its end: sent in order, with nothing else in between. */
        STREAM
    }

    final int index;
    long cookie;
    int command;
    int flags;
    long offset;
    long length;
    Delivery delivery;
    /** Bytes whose piece was not given to the volume yet. */
    long unstarted;
    /** Pieces in the volume of which it has not said how they ended. */
    int unanswered;
    /** The first one wins. */
    Failure failure;
    /**
     * Pieces of a {@link Delivery#WHOLE} or {@link Delivery#STREAM} that were started and not yet queued to be sent.
     */
    int firstSlot;
    int lastSlot;
    /** Some data was queued: a simple reply cannot turn into an error any more. */
    boolean replying;

    Request(final int index) {
        this.index = index;
    }

    void begin(final long cookie, final int command, final int flags, final long offset, final long length) {
        this.cookie = cookie;
        this.command = command;
        this.flags = flags;
        this.offset = offset;
        this.length = length;
        delivery = Delivery.NONE;
        unstarted = 0;
        unanswered = 0;
        failure = null;
        firstSlot = SlotTable.NONE;
        lastSlot = SlotTable.NONE;
        replying = false;
    }

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** Everything was started and answered. */
    boolean isOver() {
        return unstarted == 0 && unanswered == 0;
    }

    void fail(final Failure reason) {
        if (failure == null) {
            failure = reason;
        }
    }
}
