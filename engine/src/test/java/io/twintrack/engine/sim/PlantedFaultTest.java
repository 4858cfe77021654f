package io.twintrack.engine.sim;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator finds defects: each planted one within a bounded number of seeds. */
class PlantedFaultTest {
    private static final int SEEDS = 300;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isFound(final Planted planted) {
        final Simulator simulator = new Simulator();
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (simulator.run(seed, Simulator.STEPS, planted).broken() != null) {
                return;
            }
        }
        fail(planted + " is not found by " + SEEDS + " seeds");
    }
}
