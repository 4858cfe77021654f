package io.twintrack.transport.aeron;

import io.twintrack.engine.machine.Deadline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import static org.junit.jupiter.api.Assertions.fail;

/** Waits for an event with a bound. */
final class Wait {
    private Wait() {
    }

    static void until(
        final BooleanSupplier event, final Runnable step, final Supplier<String> explain, final long seconds) {
        final Deadline deadline = Deadline.in(seconds);
        while (!event.getAsBoolean()) {
            step.run();
            if (deadline.isOver()) {
                fail("not within " + seconds + " s: " + explain.get());
            }
        }
    }

    /** Steps for a while. */
    static void during(final long milliseconds, final Runnable step) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (System.nanoTime() - deadlineNs < 0) {
            step.run();
            LockSupport.parkNanos(20_000);
        }
    }
}
