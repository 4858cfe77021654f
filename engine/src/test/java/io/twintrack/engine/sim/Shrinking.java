package io.twintrack.engine.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Leaves out of a plan whatever is not needed to break the same guarantee: halves first, single steps last, and single
 * steps again until none of them can be left out.
 */
final class Shrinking {
    private static final int MOST_RUNS = 2000;

    private final long seed;
    private final Planted planted;
    private final Guarantee guarantee;
    private final Simulator simulator = new Simulator();
    private int runs;

    Shrinking(final long seed, final Planted planted, final Guarantee guarantee) {
        this.seed = seed;
        this.planted = planted;
        this.guarantee = guarantee;
    }

    List<Step> shrink(final List<Step> plan) {
        List<Step> fewest = plan;
        for (int length = Math.max(1, plan.size() / 2); length > 1; length /= 2) {
            fewest = withoutPieces(fewest, length);
        }
        int before;
        do {
            before = fewest.size();
            fewest = withoutPieces(fewest, 1);
        } while (fewest.size() < before);
        return fewest;
    }

    private List<Step> withoutPieces(final List<Step> plan, final int length) {
        List<Step> fewest = plan;
        int at = 0;
        while (at < fewest.size() && runs < MOST_RUNS) {
            final List<Step> without = without(fewest, at, length);
            if (breaks(without)) {
                fewest = without;
            } else {
                at += length;
            }
        }
        return fewest;
    }

    private static List<Step> without(final List<Step> plan, final int from, final int length) {
        final List<Step> rest = new ArrayList<>(plan.subList(0, from));
        rest.addAll(plan.subList(Math.min(plan.size(), from + length), plan.size()));
        return rest;
    }

    private boolean breaks(final List<Step> plan) {
        runs++;
        final Broken broken = simulator.run(seed, plan, planted, false).broken();
        return broken != null && broken.guarantee == guarantee;
    }
}
