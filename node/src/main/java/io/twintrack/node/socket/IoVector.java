package io.twintrack.node.socket;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Pieces of memory that are received into or sent from as one, in the layout of recvmsg(2) on 64-bit Linux:
 *
 * <pre>
 *    0  msg_name        8   0
 *    8  msg_namelen     4   0, 4 bytes of padding
 *   16  msg_iov         8   address of the first iovec that is left
 *   24  msg_iovlen      8   how many are left
 *   32  msg_control     8   0
 *   40  msg_controllen  8   0
 *   48  msg_flags       4   set by the kernel, 4 bytes of padding
 *   64  iovec[n]        16 each: iov_base 8, iov_len 8
 * </pre>
 */
public final class IoVector {
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int IOVECS = 64;
    private static final int IOVEC_LENGTH = 16;
    private static final int IOV_LEN = 8;

    private final UnsafeBuffer memory;
    private final int capacity;
    private int first;
    private int end;
    private long bytes;

    /** @param capacity in pieces, at most 1024 (IOV_MAX). */
    public IoVector(final int capacity) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("capacity " + capacity + " is not from 1 to 1024");
        }
        this.capacity = capacity;
        memory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(IOVECS + capacity * IOVEC_LENGTH, 64));
        clear();
    }

    public void clear() {
        first = 0;
        end = 0;
        bytes = 0;
        point();
    }

    public void add(final long address, final int length) {
        if (end == capacity) {
            throw new IllegalStateException("all " + capacity + " pieces are in use");
        }
        memory.putLong(IOVECS + end * IOVEC_LENGTH, address);
        memory.putLong(IOVECS + end * IOVEC_LENGTH + IOV_LEN, length);
        end++;
        bytes += length;
        point();
    }

    /** Takes away what was moved from the front. @return true while something is left. */
    public boolean advance(final int moved) {
        if (moved < 0 || moved > bytes) {
            throw new IllegalArgumentException(moved + " bytes moved of " + bytes);
        }
        bytes -= moved;
        int left = moved;
        while (first < end && left >= length(0)) {
            left -= length(0);
            first++;
        }
        if (left > 0) {
            final int index = IOVECS + first * IOVEC_LENGTH;
            memory.putLong(index, memory.getLong(index) + left);
            memory.putLong(index + IOV_LEN, memory.getLong(index + IOV_LEN) - left);
        }
        point();
        return bytes > 0;
    }

    /** How many pieces may still be added. */
    public int room() {
        return capacity - end;
    }

    /** Pieces that are left. */
    public int count() {
        return end - first;
    }

    /** Bytes that are left. */
    public long bytes() {
        return bytes;
    }

    /** @param piece counted from the first one that is left. */
    public long address(final int piece) {
        return memory.getLong(IOVECS + (first + piece) * IOVEC_LENGTH);
    }

    public int length(final int piece) {
        return (int) memory.getLong(IOVECS + (first + piece) * IOVEC_LENGTH + IOV_LEN);
    }

    /** Of the struct msghdr, for recvmsg and sendmsg. */
    public long messageAddress() {
        return memory.addressOffset();
    }

    private void point() {
        memory.putLong(MSG_IOV, memory.addressOffset() + IOVECS + (long) first * IOVEC_LENGTH);
        memory.putLong(MSG_IOVLEN, end - first);
    }
}
