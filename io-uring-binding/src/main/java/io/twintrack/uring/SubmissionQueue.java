package io.twintrack.uring;

import org.agrona.UnsafeApi;

/**
 * The ring of submission queue entries, in memory shared with the kernel. We write the tail, the kernel the head; both
 * count up and wrap. An entry (io_uring_enter(2), struct io_uring_sqe) is 64 bytes:
 * <pre>
 *    0 opcode u8, flags u8, ioprio u16, fd s32    8 offset u64      16 address u64
 *   24 length u32, operation's flags u32         32 user_data u64   40 buf_index u16   44 file_index s32
 *   48 addr3 u64                                 56 padding
 * </pre>
 */
final class SubmissionQueue {
    private final long headAddress;
    private final long tailAddress;
    private final long flagsAddress;
    private final long entries;
    private final int mask;
    private int tail;

    SubmissionQueue(
        final long headAddress,
        final long tailAddress,
        final long flagsAddress,
        final long arrayAddress,
        final long entries,
        final int count) {
        this.headAddress = headAddress;
        this.tailAddress = tailAddress;
        this.flagsAddress = flagsAddress;
        this.entries = entries;
        this.mask = count - 1;
        this.tail = UnsafeApi.getInt(tailAddress);
        for (int i = 0; i < count; i++) {
            UnsafeApi.putInt(arrayAddress + i * 4L, i);
        }
    }

    int capacity() {
        return mask + 1;
    }

    /** Acquire pairs with the kernel's release of the head: it has read the entries before it. */
    private int waiting() {
        return tail - UnsafeApi.getIntAcquire(null, headAddress);
    }

    int room() {
        return mask + 1 - waiting();
    }

    /** Index of the entry that the next {@link #put} fills. */
    int nextIndex() {
        return tail & mask;
    }

    /** The caller has seen {@link #room()}. */
    void put(
        final int opcode,
        final int flags,
        final int fd,
        final long offset,
        final long address,
        final int length,
        final int operationFlags,
        final long userData,
        final int bufferIndex) {
        final long entry = entries + ((long) (tail & mask) << 6);
        UnsafeApi.putLong(entry, opcode | flags << 8 | (long) fd << 32);
        UnsafeApi.putLong(entry + 8, offset);
        UnsafeApi.putLong(entry + 16, address);
        UnsafeApi.putLong(entry + 24, length & 0xFFFF_FFFFL | (long) operationFlags << 32);
        UnsafeApi.putLong(entry + 32, userData);
        UnsafeApi.putLong(entry + 40, bufferIndex);
        UnsafeApi.putLong(entry + 48, 0);
        UnsafeApi.putLong(entry + 56, 0);
        tail++;
    }

    /**
     * Release pairs with the kernel's acquire of the tail: the entries before it are whole.
     *
     * @return how many entries wait for the kernel.
     */
    int publish() {
        UnsafeApi.putIntRelease(null, tailAddress, tail);
        return waiting();
    }

    /** Takes back what the kernel has not read: it looks at the tail only when it is entered. @return how many. */
    int discard() {
        final int waiting = waiting();
        tail -= waiting;
        return waiting;
    }

    /** IORING_SQ_*: the kernel sets them when it wants to be entered. */
    int flags() {
        return UnsafeApi.getIntVolatile(null, flagsAddress);
    }
}
