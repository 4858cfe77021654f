package io.twintrack.engine.counters;

import org.agrona.BitUtil;
import org.agrona.concurrent.AtomicBuffer;

/**
 * The counters of one HBA, a cache line each:
 * <pre>
 *   0          64         128
 *   +----------+----------+---
 *   | value 8  | value 8  | ...   in the order of {@link Counter}
 *   +----------+----------+---
 * </pre>
 * Written by the HBA's thread alone with release stores; any thread may read, and sees values that only grow.
 */
public final class Counters {
    /** Bytes that the buffer must have. */
    public static final int LENGTH = Counter.values().length * BitUtil.CACHE_LINE_LENGTH;

    private final AtomicBuffer values;

    public Counters(final AtomicBuffer values) {
        values.boundsCheck(0, LENGTH);
        this.values = values;
    }

    public void increment(final Counter counter) {
        add(counter, 1);
    }

    public void add(final Counter counter, final long amount) {
        final int offset = offset(counter);
        values.putLongRelease(offset, values.getLong(offset) + amount);
    }

    /** Any thread. */
    public long get(final Counter counter) {
        return values.getLongAcquire(offset(counter));
    }

    private static int offset(final Counter counter) {
        return counter.ordinal() * BitUtil.CACHE_LINE_LENGTH;
    }
}
