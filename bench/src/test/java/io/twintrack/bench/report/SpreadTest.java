package io.twintrack.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void takesTheMiddleOfAnOddCount() {
        assertEquals(Optional.of(new Spread(3, 1, 50, 5)), Spread.of(List.of(50.0, 1.0, 3.0, 2.0, 4.0)));
    }

    @Test
    void takesTheMeanOfTheMiddleTwo() {
        assertEquals(Optional.of(new Spread(2.5, 1, 9, 4)), Spread.of(List.of(9.0, 1.0, 3.0, 2.0)));
    }

    @Test
    void knowsNothingFromNothing() {
        assertEquals(Optional.empty(), Spread.of(List.of()));
    }

    @Test
    void showsTheMiddleAndTheEnds() {
        assertEquals("0.93 (0.88..1.00)", new Spread(0.931, 0.88, 0.999, 3).toString());
    }
}
