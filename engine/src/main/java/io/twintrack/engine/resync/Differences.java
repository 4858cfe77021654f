package io.twintrack.engine.resync;

import io.twintrack.engine.pair.VerifyStatus;
import java.util.ArrayList;
import java.util.List;

/** Ranges of a volume that differ, in ascending order; neighbours become one. What finds no room is counted alone. */
final class Differences {
    private final long[] offsets;
    private final long[] lengths;
    private final int capacity;
    private int count;
    private long unlisted;

    /** @param splits that removals may make at a time, beyond the capacity. */
    Differences(final int capacity, final int splits) {
        this.capacity = capacity;
        offsets = new long[capacity + splits];
        lengths = new long[capacity + splits];
    }

    void clear() {
        count = 0;
        unlisted = 0;
    }

    /** A range that is not listed yet. */
    void add(final long offset, final long length) {
        final int at = firstBehind(offset);
        final boolean joinsBefore = at > 0 && offsets[at - 1] + lengths[at - 1] == offset;
        final boolean joinsBehind = at < count && offset + length == offsets[at];
        if (joinsBefore) {
            lengths[at - 1] += length + (joinsBehind ? lengths[at] : 0);
            if (joinsBehind) {
                remove(at);
            }
        } else if (joinsBehind) {
            offsets[at] = offset;
            lengths[at] += length;
        } else if (count < capacity) {
            insert(at, offset, length);
        } else {
            unlisted++;
        }
    }

    /** The first range that begins behind this offset: they are few, and this is rare. */
    private int firstBehind(final long offset) {
        int at = 0;
        while (at < count && offsets[at] <= offset) {
            at++;
        }
        return at;
    }

    private void insert(final int at, final long offset, final long length) {
        System.arraycopy(offsets, at, offsets, at + 1, count - at);
        System.arraycopy(lengths, at, lengths, at + 1, count - at);
        offsets[at] = offset;
        lengths[at] = length;
        count++;
    }

    private void remove(final int at) {
        count--;
        System.arraycopy(offsets, at + 1, offsets, at, count - at);
        System.arraycopy(lengths, at + 1, lengths, at, count - at);
    }

    /** The range begins where a listed one begins, or within it, and is equal from now on. */
    void removeRange(final long offset, final long length) {
        final int at = firstBehind(offset) - 1;
        final long end = offsets[at] + lengths[at];
        if (offsets[at] == offset && lengths[at] == length) {
            remove(at);
        } else if (offsets[at] == offset) {
            offsets[at] += length;
            lengths[at] -= length;
        } else {
            lengths[at] = offset - offsets[at];
            if (offset + length < end) {
                insert(at + 1, offset + length, end - offset - length);
            }
        }
    }

    /** @return the first byte from here on that differs, or -1. */
    long next(final long from) {
        for (int i = 0; i < count; i++) {
            if (offsets[i] + lengths[i] > from) {
                return Math.max(from, offsets[i]);
            }
        }
        return -1;
    }

    /** @return how many bytes from this one on differ, at most so many. */
    int runLength(final long offset, final int most) {
        final int at = firstBehind(offset) - 1;
        return (int) Math.min(most, offsets[at] + lengths[at] - offset);
    }

    /** Bytes in all listed ranges. */
    long bytes() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += lengths[i];
        }
        return sum;
    }

    /** Ranges, those that are not listed included. */
    long count() {
        return count + unlisted;
    }

    List<VerifyStatus.Range> ranges() {
        final List<VerifyStatus.Range> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ranges.add(new VerifyStatus.Range(offsets[i], lengths[i]));
        }
        return ranges;
    }
}
