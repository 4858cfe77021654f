package io.twintrack.engine.sim;

import java.util.List;
import java.util.Locale;

/** Runs plans drawn from seeds, one after the other, and tells what they found. */
public final class Simulator {
    static final int STEPS = 150;

    /** How one run ended. */
    record Run(long seed, long hash, Broken broken, List<String> last) {
    }

    private static final long TELL_NS = 10 * SimClock.SECOND;

    private final Coverage coverage = new Coverage();
    private final long beganNs = System.nanoTime();
    private long seeds;
    private long broken;

    Coverage coverage() {
        return coverage;
    }

    Run run(final long seed, final int steps, final Planted planted) {
        return run(seed, FaultPlan.draw(seed, steps), planted, false);
    }

    Run run(final long seed, final List<Step> plan, final Planted planted, final boolean inWords) {
        final World world = new World(seed, planted, coverage, inWords);
        Broken broken = null;
        try {
            world.run(plan);
        } catch (final Broken found) {
            broken = found;
        }
        coverage.add(world);
        return new Run(seed, world.log.hash(), broken, broken == null ? List.of() : world.log.last(60));
    }

    public static void main(final String[] arguments) {
        final SimulatorOptions options = SimulatorOptions.parse(arguments);
        final Simulator simulator = new Simulator();
        if (options.allPlanted) {
            System.exit(findPlanted(options) ? 0 : 1);
        }
        simulator.runAll(options);
        System.out.println("commit " + System.getProperty("twintrack.commit", "unknown") + ": "
            + simulator.progress());
        System.out.print(simulator.coverage);
        System.exit(simulator.broken == 0 ? 0 : 1);
    }

    private void runAll(final SimulatorOptions options) {
        final long endNs = options.minutes * 60 * SimClock.SECOND;
        long toldNs = beganNs;
        while (seeds < options.seeds && (options.minutes == 0 || System.nanoTime() - beganNs < endNs)) {
            runOne(options);
            if (System.nanoTime() - toldNs > TELL_NS) {
                toldNs = System.nanoTime();
                System.out.println(progress());
            }
        }
    }

    private void runOne(final SimulatorOptions options) {
        final Run run = run(options.seed + seeds * options.stride, options.steps, options.planted);
        seeds++;
        if (run.broken != null) {
            broken++;
            System.out.println("seed " + run.seed + " with " + options.steps + " steps: " + run.broken.getMessage());
            if (options.seeds == 1) {
                explain(run, options);
            }
        } else if (options.seeds == 1) {
            System.out.println("seed " + run.seed + ": nothing broken, hash " + Long.toHexString(run.hash));
        }
    }

    private String progress() {
        final double minutes = (System.nanoTime() - beganNs) / 60e9;
        return String.format(Locale.ROOT, "%d seeds, %d with a broken guarantee, %d seeds a minute, %d requests, "
            + "%.2f simulated hours", seeds, broken, Math.round(seeds / minutes), coverage.operations,
            coverage.simulatedNs / 3600e9);
    }

    /** The fewest steps that still break the same guarantee, and the last events of that run. */
    private void explain(final Run run, final SimulatorOptions options) {
        run.broken.printStackTrace(System.out);
        final Shrinking shrinking = new Shrinking(run.seed, options.planted, run.broken.guarantee);
        final List<Step> plan = FaultPlan.draw(run.seed, options.steps);
        final List<Step> fewest = shrinking.shrink(plan);
        System.out.println("the fewest steps that break it, " + fewest.size() + " of " + plan.size() + ":");
        fewest.forEach(step -> System.out.println("  " + step));
        System.out.println("the last events with these:");
        run(run.seed, fewest, options.planted, true).last.forEach(line -> System.out.println("  " + line));
    }

    /** @return whether each planted fault was found. */
    private static boolean findPlanted(final SimulatorOptions options) {
        boolean all = true;
        for (final Planted planted : Planted.values()) {
            final Run run = planted == Planted.NONE ? null : new Simulator().firstBroken(planted, options.seeds);
            if (run != null) {
                System.out.println(planted + ": seed " + run.seed + " broke " + run.broken.guarantee);
            } else if (planted != Planted.NONE) {
                all = false;
                System.out.println(planted + ": not found by " + options.seeds + " seeds");
            }
        }
        return all;
    }

    /** @return the first of so many runs that broke a guarantee, or null. */
    Run firstBroken(final Planted planted, final long seeds) {
        for (long i = 0; i < seeds; i++) {
            final Run run = run(planted.seed(i), STEPS, planted);
            if (run.broken != null) {
                return run;
            }
        }
        return null;
    }
}
