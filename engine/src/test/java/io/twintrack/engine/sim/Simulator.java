package io.twintrack.engine.sim;

import java.util.List;

/** Runs plans drawn from seeds, one after the other, and tells what they found. */
public final class Simulator {
    static final int STEPS = 150;

    /** How one run ended. */
    record Run(long seed, long hash, Broken broken, List<String> last) {
    }

    private final Coverage coverage = new Coverage();

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
        final long beganNs = System.nanoTime();
        long seeds = 0;
        long broken = 0;
        while (seeds < options.seeds && (options.minutes == 0
            || System.nanoTime() - beganNs < options.minutes * 60 * SimClock.SECOND)) {
            final Run run = simulator.run(options.seed + seeds, options.steps, options.planted);
            seeds++;
            if (run.broken != null) {
                broken++;
                System.out.println("seed " + run.seed + " with " + options.steps + " steps: " + run.broken.getMessage());
                if (options.seeds == 1) {
                    run.last.forEach(System.out::println);
                    run.broken.printStackTrace(System.out);
                }
            } else if (options.seeds == 1) {
                System.out.println("seed " + run.seed + ": nothing broken, hash " + Long.toHexString(run.hash));
            }
        }
        final double minutes = (System.nanoTime() - beganNs) / 60e9;
        System.out.println(seeds + " seeds, " + broken + " with a broken guarantee, "
            + Math.round(seeds / minutes) + " seeds a minute");
        System.out.print(simulator.coverage);
        System.exit(broken == 0 ? 0 : 1);
    }
}
