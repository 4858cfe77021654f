package io.twintrack.engine.counters;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of one HBA, two cache lines each, as Agrona's counters lie in their values buffer:
 * <pre>
 *   0          128        256
 *   +----------+----------+---
 *   | value 8  | value 8  | ...   in the order of {@link Counter}
 *   +----------+----------+---
 * </pre>
 * Written by the HBA's thread alone with release stores; any thread may read, and sees values that only grow.
 */
public final class Counters {
    /** Bytes that the buffer must have. */
    public static final int LENGTH = Counter.values().length * CountersReader.COUNTER_LENGTH;

    private final AtomicBuffer values;

    public Counters(final AtomicBuffer values) {
        values.boundsCheck(0, LENGTH);
        this.values = values;
    }

    /**
     * Names all counters, so that any {@link CountersReader} over the same memory finds them: id and type are the
     * ordinal, the label is the counter's.
     *
     * @param manager over memory in which nothing was allocated yet.
     * @return the values, for the constructor.
     */
    public static AtomicBuffer allocate(final CountersManager manager) {
        for (final Counter counter : Counter.values()) {
            final int id = manager.allocate(counter.label(), counter.ordinal());
            if (id != counter.ordinal()) {
                throw new IllegalArgumentException("counter " + counter + " got id " + id + ": others were first");
            }
        }
        return manager.valuesBuffer();
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
        return CountersReader.counterOffset(counter.ordinal());
    }
}
