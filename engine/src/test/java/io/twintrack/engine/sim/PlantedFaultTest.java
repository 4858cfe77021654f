package io.twintrack.engine.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator finds defects: each planted one within a bounded number of seeds, as what it is. */
class PlantedFaultTest {
    private static final int SEEDS = 120;
    /** Those that find the shy ones come first; without any fault planted none of all these seeds breaks anything. */
    private static final LongStream.Builder FIRST = LongStream.builder()
        .add(1).add(2).add(3).add(5).add(7).add(13).add(14).add(30).add(47).add(62);
    private static final long[] SHY_FIRST = FIRST.build().toArray();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isFound(final Planted planted) {
        final Simulator simulator = new Simulator();
        final LongStream all = LongStream.range(0, SEEDS).map(planted::seed);
        final LongStream seeds = planted.seed(0) == 1 ? LongStream.concat(LongStream.of(SHY_FIRST), all) : all;
        for (final long seed : seeds.toArray()) {
            final Broken broken = simulator.run(seed, Simulator.STEPS, planted).broken();
            if (broken != null) {
                assertTrue(planted.breaks(broken.guarantee), () -> planted + " breaks another one, with seed " + seed
                    + ": " + broken.getMessage());
                return;
            }
        }
        fail(planted + " is not found by " + SEEDS + " seeds");
    }
}
