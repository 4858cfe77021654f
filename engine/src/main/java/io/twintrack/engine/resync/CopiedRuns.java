package io.twintrack.engine.resync;

import io.twintrack.engine.metadata.ChangedTracks;

/**
 * The runs that were copied and are not known to be stable on the sink yet, oldest first. Their marks are cleared in
 * memory; when the copies may be gone, exactly these are marked again.
 */
final class CopiedRuns {
    private final long[] offsets;
    private final int[] lengths;
    private long first;
    private long next;
    private long flushing;
    private long bytes;

    /** @param capacity a power of two. */
    CopiedRuns(final int capacity) {
        offsets = new long[capacity];
        lengths = new int[capacity];
    }

    void add(final long offset, final int length) {
        if (next - first == offsets.length) {
            throw new IllegalStateException("more runs than room");
        }
        offsets[at(next)] = offset;
        lengths[at(next)] = length;
        next++;
        bytes += length;
    }

    private int at(final long index) {
        return (int) (index & offsets.length - 1);
    }

    boolean isEmpty() {
        return first == next;
    }

    /** There is room for so many more. */
    int room() {
        return offsets.length - (int) (next - first);
    }

    /** Bytes that are not stable yet. */
    long bytes() {
        return bytes;
    }

    /** A flush of both sides begins now. What is copied later is not its matter. */
    void flushBegan() {
        flushing = next;
    }

    /** It succeeded. */
    void flushed() {
        for (; first < flushing; first++) {
            bytes -= lengths[at(first)];
        }
    }

    /** The copies may be gone; what lies behind the end of a volume that shrank is nobody's any more. */
    void markAgain(final ChangedTracks tracks) {
        for (; first < next; first++) {
            final long offset = Math.min(offsets[at(first)], tracks.volumeSize());
            tracks.mark(offset, Math.min(lengths[at(first)], tracks.volumeSize() - offset));
        }
        bytes = 0;
        flushing = next;
    }
}
