package io.twintrack.bench.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LoadedPairTest {
    private static final String YAML = """
        node: iqn.2026-11.io.twintrack.demo:origin
        hbas:
          - name: origin
            peers:
              - name: target
            pairs:
              - name: vol0
                role: origin
                peer: target
        """;

    @Test
    void theHbaGetsTheKeyAndNothingElseDoes() {
        assertEquals(YAML.replace("  - name: origin\n", "  - name: origin\n    active-regions: 64\n"),
            LoadedPair.inHba("active-regions: 64").apply(YAML));
    }

    @Test
    void thePairGetsTheKeyAndNothingElseDoes() {
        assertEquals(YAML.replace("        role: origin\n", "        role: origin\n        mode: memory\n"),
            LoadedPair.inPair("mode: memory").apply(YAML));
    }
}
