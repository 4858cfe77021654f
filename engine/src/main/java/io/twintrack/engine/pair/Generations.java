package io.twintrack.engine.pair;

import io.twintrack.engine.metadata.Superblock;
import java.util.function.LongSupplier;

/** The generations in a superblock, as values. */
final class Generations {
    private Generations() {
    }

    static Generation current(final Superblock side) {
        return new Generation(side.currentHigh, side.currentLow);
    }

    static Generation base(final Superblock side) {
        return new Generation(side.baseHigh, side.baseLow);
    }

    static Generation sync(final Superblock side) {
        return new Generation(side.syncGenerationHigh, side.syncGenerationLow);
    }

    static Generation draw(final LongSupplier random) {
        return new Generation(random.getAsLong(), random.getAsLong());
    }

    static void current(final Superblock side, final Generation generation) {
        side.currentHigh = generation.high();
        side.currentLow = generation.low();
    }

    static void sync(final Superblock side, final Generation generation) {
        side.syncGenerationHigh = generation.high();
        side.syncGenerationLow = generation.low();
    }

    /** Both sides are equal: nothing counts from the base any more. */
    static void dropBase(final Superblock side) {
        if (side.hasBase()) {
            side.remember(side.baseHigh, side.baseLow);
            side.baseHigh = 0;
            side.baseLow = 0;
        }
    }

    /**
     * This side goes on alone. What it had is the base from now on, even when there was an older one: a sink may have
     * adopted it already, and the answer was lost.
     */
    static void goOn(final Superblock side, final LongSupplier random) {
        if (side.hasBase()) {
            side.remember(side.baseHigh, side.baseLow);
        }
        side.baseHigh = side.currentHigh;
        side.baseLow = side.currentLow;
        current(side, draw(random));
    }
}
