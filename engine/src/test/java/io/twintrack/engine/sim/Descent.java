package io.twintrack.engine.sim;

import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.pair.SideState;

/** Whether two sides are brought together by their marks alone, by docs/GUARANTEES.md: "Two sides meet". */
final class Descent {
    private Descent() {
    }

    static boolean isCounted(final Superblock one, final Superblock other) {
        return isTrusted(one) && isTrusted(other)
            && one.pairIdHigh == other.pairIdHigh && one.pairIdLow == other.pairIdLow
            && (isWhole(one) || isWhole(other))
            && (isAt(one, high(other), low(other)) || wentOnFrom(one, other) || wentOnFrom(other, one));
    }

    /** Without that everything is compared. */
    private static boolean isTrusted(final Superblock side) {
        return side.ownLife != 0 && !side.fullCompare && side.sideState != SideState.FAILED
            && side.peerSideState != SideState.FAILED;
    }

    private static boolean isWhole(final Superblock side) {
        return side.sideState != SideState.INCONSISTENT;
    }

    /** A side that is being filled stands for what it is brought to. */
    private static long high(final Superblock side) {
        return isWhole(side) ? side.currentHigh : side.syncGenerationHigh;
    }

    private static long low(final Superblock side) {
        return isWhole(side) ? side.currentLow : side.syncGenerationLow;
    }

    private static boolean isAt(final Superblock side, final long high, final long low) {
        return high(side) == high && low(side) == low;
    }

    private static boolean wentOnFrom(final Superblock later, final Superblock earlier) {
        return isWhole(later) && later.hasBase() && later.baseHigh == high(earlier) && later.baseLow == low(earlier);
    }
}
