package io.twintrack.uring;

import io.twintrack.engine.machine.Deadline;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The kinds of ring that the tests go over. */
enum RingKind {
    DEFERRED(true, true),
    COOPERATIVE(false, true),
    PLAIN(false, false),
    SYSCALLS(false, false);

    private static final int BOUND_S = 20;

    private final boolean singleIssuer;
    private final boolean coopTaskrun;

    RingKind(final boolean singleIssuer, final boolean coopTaskrun) {
        this.singleIssuer = singleIssuer;
        this.coopTaskrun = coopTaskrun;
    }

    Ring open() {
        return open(256, 512);
    }

    Ring open(final int sqEntries, final int cqEntries) {
        return open(IoUringOptions.DEFAULT.entries(sqEntries, cqEntries));
    }

    Ring open(final IoUringOptions options) {
        if (this == SYSCALLS) {
            return Ring.open(options.refused("withheld by the test"));
        }
        try {
            return IoUring.open(options.flags(singleIssuer, coopTaskrun));
        } catch (final IoUringUnavailable ex) {
            Assumptions.abort("skipped: " + ex.getMessage());
            return null;
        }
    }

    /** An io_uring, or the test is skipped. */
    static IoUring uring(final IoUringOptions options) {
        try {
            return IoUring.open(options);
        } catch (final IoUringUnavailable ex) {
            Assumptions.abort("skipped: " + ex.getMessage());
            return null;
        }
    }

    /** Runs duty cycles until it is done, or fails after a bound. */
    static void runUntil(final Ring ring, final BooleanSupplier done) {
        final Deadline deadline = Deadline.in(BOUND_S);
        while (!done.getAsBoolean()) {
            ring.await(10_000_000);
            ring.poll();
            Assertions.assertFalse(deadline.isOver(), "not done in time");
        }
    }
}
