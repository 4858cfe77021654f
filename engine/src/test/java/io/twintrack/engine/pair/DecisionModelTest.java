package io.twintrack.engine.pair;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.Decision.Outcome;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories of two sides that obey the table. In each of them no decision overwrites the only copy of data that
 * was acknowledged, "nothing to do" means equal bytes, and in the end both sides come in step.
 */
class DecisionModelTest {
    private static final int HISTORIES = 10_000;
    private static final int EVENTS = 120;

    @Test
    void noHistoryLosesWhatWasAcknowledged() {
        final long firstSeed = Long.getLong("twintrack.seed", System.nanoTime());
        final int[] outcomes = new int[Outcome.values().length];
        for (long seed = firstSeed; seed < firstSeed + HISTORIES; seed++) {
            live(seed, outcomes);
        }
        for (final Outcome outcome : Outcome.values()) {
            assertTrue(outcome == Outcome.UNRELATED || outcomes[outcome.ordinal()] > HISTORIES / 100,
                outcome + " hardly ever happened: " + Arrays.toString(outcomes));
        }
    }

    private static void live(final long seed, final int[] outcomes) {
        final ModelPair pair = new ModelPair(new Random(seed), outcomes);
        try {
            for (int i = 0; i < EVENTS; i++) {
                pair.event();
            }
            pair.settle();
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("-Dtwintrack.seed=" + seed + ": " + e.getMessage() + "\n" + pair, e);
        }
    }
}
