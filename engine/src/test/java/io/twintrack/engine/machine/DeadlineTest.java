package io.twintrack.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlineTest {
    @ParameterizedTest
    @CsvSource({"10, 0, false", "11, 0, true", "19, 0.5, false", "21, 0.5, true", "39, 0.99, false", "41, 1, true"})
    void whatTheHostKeptBackIsAdded(final long passedNs, final double withheld, final boolean over) {
        assertEquals(over, Deadline.isOver(passedNs, 10, withheld));
    }

    @Test
    void itComes() {
        assertFalse(Deadline.in(1_000).isOver());
        assertTrue(Deadline.in(-1).isOver());
    }
}
