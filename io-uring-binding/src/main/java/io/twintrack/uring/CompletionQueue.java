package io.twintrack.uring;

import org.agrona.UnsafeApi;

/**
 * The ring of completion queue entries, in memory shared with the kernel, which writes the tail; we write the head.
 * Both count up and wrap. An entry (struct io_uring_cqe) is 16 bytes: user_data u64, result s32, flags u32.
 */
final class CompletionQueue {
    private final long headAddress;
    private final long tailAddress;
    private final long entries;
    private final int mask;
    private int head;

    CompletionQueue(final long headAddress, final long tailAddress, final long entries, final int count) {
        this.headAddress = headAddress;
        this.tailAddress = tailAddress;
        this.entries = entries;
        this.mask = count - 1;
        this.head = UnsafeApi.getInt(headAddress);
    }

    /** Acquire pairs with the kernel's release of the tail: the entries before it are whole. */
    int waiting() {
        return UnsafeApi.getIntAcquire(null, tailAddress) - head;
    }

    long userData() {
        return UnsafeApi.getLong(entries + ((long) (head & mask) << 4));
    }

    int result() {
        return UnsafeApi.getInt(entries + ((long) (head & mask) << 4) + 8);
    }

    int flags() {
        return UnsafeApi.getInt(entries + ((long) (head & mask) << 4) + 12);
    }

    /** Release pairs with the kernel's acquire of the head: we have read the entry before it is used again. */
    void advance() {
        UnsafeApi.putIntRelease(null, headAddress, ++head);
    }
}
