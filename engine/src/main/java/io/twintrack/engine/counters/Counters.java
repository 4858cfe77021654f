package io.twintrack.engine.counters;

import io.twintrack.engine.Status;
import java.util.StringJoiner;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of one HBA, two cache lines each, as Agrona's counters lie in their values buffer:
 * <pre>
 *   0          128        256
 *   +----------+----------+---
 *   | value 8  | value 8  | ...   in the order of {@link Counter}, then requests by the {@link Status} they ended with
 *   +----------+----------+---
 * </pre>
 * Written by the HBA's thread alone with release stores; any thread may read, and sees values that only grow.
 */
public final class Counters {
    /** Bytes that the buffer must have. */
    public static final int LENGTH =
        (Counter.values().length + Status.values().length) * CountersReader.COUNTER_LENGTH;

    private static final int FIRST_STATUS = Counter.values().length;

    private final AtomicBuffer values;

    public Counters(final AtomicBuffer values) {
        values.boundsCheck(0, LENGTH);
        this.values = values;
    }

    /**
     * Names all counters, so that any {@link CountersReader} over the same memory finds them: id and type are its
     * place, and the label is the counter's.
     *
     * @param manager over memory in which nothing was allocated yet.
     * @return the values, for the constructor.
     */
    public static AtomicBuffer allocate(final CountersManager manager) {
        for (final Counter counter : Counter.values()) {
            allocate(manager, counter.ordinal(), counter.label());
        }
        for (final Status status : Status.values()) {
            allocate(manager, FIRST_STATUS + status.code(), "requests that ended with " + status);
        }
        return manager.valuesBuffer();
    }

    private static void allocate(final CountersManager manager, final int id, final String label) {
        if (manager.allocate(label, id) != id) {
            throw new IllegalArgumentException("id " + id + " is taken: other counters were first");
        }
    }

    public void increment(final Counter counter) {
        add(counter, 1);
    }

    public void add(final Counter counter, final long amount) {
        add(counter.ordinal(), amount);
    }

    /** A client's request ended. */
    public void ended(final Status status) {
        add(FIRST_STATUS + status.code(), 1);
        if (status != Status.OK) {
            increment(Counter.REQUESTS_FAILED);
        }
    }

    /** Any thread. */
    public long get(final Counter counter) {
        return values.getLongAcquire(CountersReader.counterOffset(counter.ordinal()));
    }

    /** Requests that ended with this status. Any thread. */
    public long get(final Status status) {
        return values.getLongAcquire(CountersReader.counterOffset(FIRST_STATUS + status.code()));
    }

    /** All that are not 0, in words: {@code frames sent: 12, ...}. Any thread. */
    @Override
    public String toString() {
        final StringJoiner text = new StringJoiner(", ");
        for (final Counter counter : Counter.values()) {
            if (get(counter) != 0) {
                text.add(counter.label() + ": " + get(counter));
            }
        }
        return text.toString();
    }

    private void add(final int id, final long amount) {
        final int offset = CountersReader.counterOffset(id);
        values.putLongRelease(offset, values.getLong(offset) + amount);
    }
}
