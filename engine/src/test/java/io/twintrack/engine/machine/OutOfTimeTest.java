package io.twintrack.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutOfTimeTest {
    @ParameterizedTest
    @CsvSource({"99, 100, 0.9, false", "100, 100, 0.39, false", "100, 100, 0.4, true", "130, 100, 0.9, true"})
    void onlyALateRunOnAMachineThatWasKeptWaiting(
        final long nowS, final long untilS, final double withheld, final boolean skips) {
        assertEquals(skips, OutOfTime.evaluate(nowS, untilS, withheld).isDisabled());
    }
}
