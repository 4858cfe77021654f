package io.twintrack.node.nbd;

import org.agrona.concurrent.AtomicBuffer;

import java.util.StringJoiner;

/**
 * The values of all {@link NbdCounter}s, 8 bytes each in the order of the enum. Written by the HBA's thread, read by
 * any.
 */
public final class NbdCounters {
    private static final int COUNT = NbdCounter.values().length;
    /** Room that they take, in bytes. */
    public static final int LENGTH = COUNT * Long.BYTES;

    private final AtomicBuffer buffer;

    /** @param buffer of at least {@link #LENGTH} bytes, zeroed, aligned to 8. */
    public NbdCounters(final AtomicBuffer buffer) {
        buffer.boundsCheck(0, LENGTH);
        buffer.verifyAlignment();
        this.buffer = buffer;
    }

    public long get(final NbdCounter counter) {
        return buffer.getLongVolatile(counter.ordinal() * Long.BYTES);
    }

    /** All that are not 0: {@code WRITES: 12, ...}. Any thread. */
    @Override
    public String toString() {
        final StringJoiner text = new StringJoiner(", ");
        for (final NbdCounter counter : NbdCounter.values()) {
            if (get(counter) != 0) {
                text.add(counter + ": " + get(counter));
            }
        }
        return text.toString();
    }

    void increment(final NbdCounter counter) {
        add(counter, 1);
    }

    void add(final NbdCounter counter, final long amount) {
        final int index = counter.ordinal() * Long.BYTES;
        buffer.putLongOrdered(index, buffer.getLong(index) + amount);
    }
}
