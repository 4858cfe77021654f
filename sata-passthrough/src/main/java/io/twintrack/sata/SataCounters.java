package io.twintrack.sata;

import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The values of all {@link SataCounter}s of one disk, off-heap. Written by the HBA's thread, read by any. */
public final class SataCounters {
    private final AtomicBuffer values =
        new UnsafeBuffer(ByteBuffer.allocateDirect(SataCounter.values().length * Long.BYTES));

    /** Any thread. */
    public long get(final SataCounter counter) {
        return values.getLongAcquire(counter.ordinal() * Long.BYTES);
    }

    void increment(final SataCounter counter) {
        final int index = counter.ordinal() * Long.BYTES;
        values.putLongRelease(index, values.getLong(index) + 1);
    }

    /** Keeps the largest value there was. */
    void raise(final SataCounter counter, final long value) {
        final int index = counter.ordinal() * Long.BYTES;
        if (value > values.getLong(index)) {
            values.putLongRelease(index, value);
        }
    }

    /** All that are not 0: {@code COMMANDS: 12, ...}. Any thread. */
    @Override
    public String toString() {
        final StringJoiner text = new StringJoiner(", ");
        for (final SataCounter counter : SataCounter.values()) {
            if (get(counter) != 0) {
                text.add(counter + ": " + get(counter));
            }
        }
        return text.toString();
    }
}
