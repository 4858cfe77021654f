package io.twintrack.engine.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
    @Test
    void idleTimeIsNotWanted() {
        final ProcessorTime before = ProcessorTime.parse("cpu  100 2 30 4000 500 6 7 80 9 10");
        assertEquals(new ProcessorTime(145, 80), before);
        final ProcessorTime after = ProcessorTime.parse("cpu  110 2 30 9000 900 6 7 110 9 10");
        assertEquals(0.75, after.withheldSince(before));
        assertEquals(0, before.withheldSince(before));
    }
}
