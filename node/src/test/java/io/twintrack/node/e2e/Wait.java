package io.twintrack.node.e2e;

import io.twintrack.engine.machine.Deadline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.fail;

/**
 * Waits for events, always with a bound. Bounds are given for a machine at rest; one that runs other tests at the same
 * time gets more. Only what fails takes that long.
 */
final class Wait {
    static final int PATIENCE = 3;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private Wait() {
    }

    static void until(final BooleanSupplier event, final double seconds, final Supplier<String> otherwise) {
        final Deadline deadline = Deadline.in(PATIENCE * seconds);
        while (!event.getAsBoolean()) {
            if (deadline.isOver()) {
                fail("not within " + PATIENCE * seconds + " s: " + otherwise.get());
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** For what must go on for a while: time itself is the event. */
    static void pass(final double seconds) {
        final long deadlineNs = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}
