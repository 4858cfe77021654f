package io.twintrack.node.control;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

class WallClockTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private long wallNs = 1_000 * SECOND;
    private long cycleNs = 7 * SECOND;
    private final WallClock clock = new WallClock(() -> wallNs, () -> cycleNs);

    @Test
    void whatWasNotedWasAtOneTimeHoweverLateTheClocksAreRead() {
        final Instant then = Instant.ofEpochSecond(998);
        assertEquals(then, clock.at(5 * SECOND));
        wallNs += 60 * SECOND;
        cycleNs += 60 * SECOND - SECOND / 30;
        assertEquals(then, clock.at(5 * SECOND));
    }

    @Test
    void aClockThatWasSetIsBelieved() {
        wallNs += 3600 * SECOND;
        assertEquals(Instant.ofEpochSecond(998 + 3600), clock.at(5 * SECOND));
    }
}
