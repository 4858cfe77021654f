package io.twintrack.engine.volume;

/**
 * Keeps operations that overlap in the order in which they came: one that overlaps an earlier one, running or itself
 * waiting, waits for it. All entries lie in arrival order in flat arrays; with the few hundred that an HBA holds, one
 * pass over them costs less than any tree. One thread.
 */
public final class RangeLock {
    public static final int NONE = -1;

    private final long[] starts;
    private final long[] ends;
    private final int[] holders;
    private final boolean[] running;
    private int count;
    private int waiting;

    public RangeLock(final int capacity) {
        starts = new long[capacity];
        ends = new long[capacity];
        holders = new int[capacity];
        running = new boolean[capacity];
    }

    /**
     * Files the range for this holder, which holds no other.
     *
     * @return true when it may start now; else {@link #next()} names it after a release.
     */
    public boolean acquire(final int holder, final long start, final long length) {
        if (count == starts.length) {
            throw new IllegalStateException("more holders than the " + count + " that there are");
        }
        final boolean free = !overlapsBefore(count, start, start + length);
        starts[count] = start;
        ends[count] = start + length;
        holders[count] = holder;
        running[count] = free;
        count++;
        waiting += free ? 0 : 1;
        return free;
    }

    /** The holder is done. Ask {@link #next()} until it says {@link #NONE}. */
    public void release(final int holder) {
        for (int i = 0; i < count; i++) {
            if (holders[i] == holder) {
                remove(i);
                return;
            }
        }
        throw new IllegalStateException("holder " + holder + " holds no range");
    }

    /** @return a holder whose range became free and that may start now, oldest first, or {@link #NONE}. */
    public int next() {
        for (int i = 0, left = waiting; left > 0; i++) {
            if (!running[i]) {
                if (!overlapsBefore(i, starts[i], ends[i])) {
                    running[i] = true;
                    waiting--;
                    return holders[i];
                }
                left--;
            }
        }
        return NONE;
    }

    private boolean overlapsBefore(final int index, final long start, final long end) {
        for (int i = 0; i < index; i++) {
            if (starts[i] < end && start < ends[i]) {
                return true;
            }
        }
        return false;
    }

    private void remove(final int index) {
        waiting -= running[index] ? 0 : 1;
        final int behind = --count - index;
        System.arraycopy(starts, index + 1, starts, index, behind);
        System.arraycopy(ends, index + 1, ends, index, behind);
        System.arraycopy(holders, index + 1, holders, index, behind);
        System.arraycopy(running, index + 1, running, index, behind);
    }

    public int count() {
        return count;
    }

    public int waiting() {
        return waiting;
    }
}
