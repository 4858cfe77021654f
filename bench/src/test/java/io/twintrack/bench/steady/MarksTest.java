package io.twintrack.bench.steady;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MarksTest {
    @Test
    void theHbaGetsTheKeyAndNothingElseDoes() {
        final String yaml = """
            node: iqn.2026-11.io.twintrack.demo:origin
            hbas:
              - name: origin
                peers:
                  - name: target
            """;
        assertEquals("""
            node: iqn.2026-11.io.twintrack.demo:origin
            hbas:
              - name: origin
                active-regions: 64
                peers:
                  - name: target
            """, Marks.withActiveRegions(yaml, 64));
    }
}
