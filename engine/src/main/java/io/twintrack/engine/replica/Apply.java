package io.twintrack.engine.replica;

import io.twintrack.engine.disk.DiskOperation;
import io.twintrack.engine.memory.SlotPool;

/**
 * One received request, or one fragment of it that can be written from where it lies, on its way to the redundant
 * volume's disk. Reused; see {@link ApplyPool}.
 */
final class Apply extends DiskOperation {
    static final long NO_TOKEN = -1;

    RedundantVolume volume;
    /** The session that asked; when it is over nobody is answered. */
    long session;
    /** Received memory to give back to the link, or NO_TOKEN. */
    long token;
    /** Slot that holds the bytes, or NONE. */
    int slot = SlotPool.NONE;
    boolean comparison;
    long hashLow;
    long hashHigh;
    /** A read: bytes of the reply's payload, from this place in the slot on; else 0. */
    int replyLength;
    int replyOffset;
    boolean holdsRange;
    boolean started;
    /** The origin was told that it is held here: it reaches the disk, whatever becomes of the session. */
    boolean promised;
    /** The frames to answer: one, or all fragments of a reassembled request. */
    final long[] messageIds;
    int messageCount;
    /** Of a request that is being reassembled. */
    long requestId;
    long receivedBytes;

    Apply(final int index, final int maxFragments) {
        super(index);
        messageIds = new long[maxFragments];
    }

    /** Everything but the slot, which came with it or did not. */
    void set(final RedundantVolume target, final long ofSession, final Step what, final long from, final long bytes) {
        volume = target;
        session = ofSession;
        step = what;
        offset = from;
        length = bytes;
        address = 0;
        durable = false;
        deallocate = false;
        token = NO_TOKEN;
        comparison = false;
        replyLength = 0;
        replyOffset = 0;
        holdsRange = false;
        started = false;
        promised = false;
        messageCount = 0;
        requestId = 0;
        receivedBytes = 0;
    }

    void answers(final long messageId) {
        messageIds[messageCount++] = messageId;
    }
}
