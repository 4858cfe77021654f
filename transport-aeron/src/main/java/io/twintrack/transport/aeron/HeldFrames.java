package io.twintrack.transport.aeron;

/**
 * The frames of one image that somebody still reads, in the order of the stream. They come in at one end and go in any
 * order; what matters is where the oldest one starts, for nothing behind it may be cleaned or overwritten.
 *
 * <p>A token is {@code sequence * owners + owner}; sequences of an owner never repeat, so a token that is released
 * twice, or was never given, is found out.
 */
final class HeldFrames {
    static final int OWNERS = 8;
    private static final long RELEASED = -1;

    private final int owner;
    private final int mask;
    /** Position of each frame, or {@link #RELEASED}; sequence s lies at s & mask. */
    private final long[] positions;
    private long head;
    private long tail;
    private int held;

    /** @param capacity frames, a power of two. */
    HeldFrames(final int owner, final int capacity) {
        this.owner = owner;
        this.mask = capacity - 1;
        this.positions = new long[capacity];
    }

    static int ownerOf(final long token) {
        return (int) (token & (OWNERS - 1));
    }

    /** The token that the next frame to be held will have. */
    long nextToken() {
        return tail * OWNERS + owner;
    }

    void hold(final long position) {
        positions[(int) tail++ & mask] = position;
        held++;
    }

    void release(final long token) {
        final long sequence = token / OWNERS;
        if (sequence < head || sequence >= tail || positions[(int) sequence & mask] == RELEASED) {
            throw new IllegalStateException("frame " + token + " is not held");
        }
        positions[(int) sequence & mask] = RELEASED;
        held--;
        while (head < tail && positions[(int) head & mask] == RELEASED) {
            head++;
        }
    }

    /** @return position of the oldest held frame, or {@code position} when none is held. */
    long oldest(final long position) {
        return head == tail ? position : positions[(int) head & mask];
    }

    boolean isFull() {
        return tail - head > mask;
    }

    int count() {
        return held;
    }
}
