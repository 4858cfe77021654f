package io.twintrack.node.control;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells when something was that the clock of the duty cycle noted, and the same each time it is asked. The two clocks
 * cannot be read at once: a small difference between two looks is what lay between the reads, a large one a clock that
 * was set. Any thread.
 */
final class WallClock {
    private static final long SET_NS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier wallNs;
    private final LongSupplier cycleNs;
    private long aheadNs;

    WallClock() {
        this(() -> ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()), System::nanoTime);
    }

    /**
     * @param wallNs  since 1970, UTC.
     * @param cycleNs the clock of the duty cycle.
     */
    WallClock(final LongSupplier wallNs, final LongSupplier cycleNs) {
        this.wallNs = wallNs;
        this.cycleNs = cycleNs;
        aheadNs = wallNs.getAsLong() - cycleNs.getAsLong();
    }

    /** @param noted by the clock of the duty cycle. @return to the millisecond. */
    synchronized Instant at(final long noted) {
        final long nowNs = wallNs.getAsLong() - cycleNs.getAsLong();
        if (Math.abs(nowNs - aheadNs) > SET_NS) {
            aheadNs = nowNs;
        }
        return Instant.EPOCH.plusNanos(noted + aheadNs).truncatedTo(ChronoUnit.MILLIS);
    }
}
