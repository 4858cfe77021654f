package io.twintrack.engine.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * How long a test waits for an event: so long on a machine that has its processors to itself. Where the machine's host
 * runs others in their place, what it kept back is added, so that only time in which the event could have come counts.
 * Any thread, one at a time.
 */
public final class Deadline {
    /** Of the time that was asked for: a machine that gets less than a quarter of it is not waited for any longer. */
    private static final int MOST = 4;

    private final long durationNs;
    private final long beganNs = System.nanoTime();
    private final ProcessorTime began = processors();

    private Deadline(final long durationNs) {
        this.durationNs = durationNs;
    }

    /** @param seconds from now. */
    public static Deadline in(final double seconds) {
        return new Deadline((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    public boolean isOver() {
        final long passedNs = System.nanoTime() - beganNs;
        return passedNs > durationNs && isOver(passedNs, durationNs, processors().withheldSince(began));
    }

    /** @param withheld of the processor time that was wanted, 0 to 1. */
    static boolean isOver(final long passedNs, final long durationNs, final double withheld) {
        return passedNs * Math.max(1 - withheld, 1.0 / MOST) > durationNs;
    }

    private static ProcessorTime processors() {
        try {
            return ProcessorTime.now();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
