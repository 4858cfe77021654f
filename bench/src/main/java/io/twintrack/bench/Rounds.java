package io.twintrack.bench;

import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.CpuTime;
import io.twintrack.bench.report.Results;
import io.twintrack.bench.report.Sample;
import io.twintrack.bench.system.SystemUnderTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs every system on every workload, again and again in short rounds. The disk's speed drifts over minutes, so
 * within a round the systems of one workload run back to back, and each round begins with another one.
 */
final class Rounds {
    /** Two ranges of seeds, so that a measured run goes to other blocks than its warm-up. */
    private static final long WARM_UP_SEED = 1_000_000;
    private static final long MEASURE_SEED = 1;

    private final Volumes volumes;
    private final Plan plan;
    private final Results results;
    private final Consumer<String> progress;

    /**
     * How much is measured.
     *
     * @param rounds  from 1 on.
     * @param warmUp  load before each measured run that is not counted.
     * @param measure length of each measured run.
     */
    record Plan(List<SystemUnderTest> systems, List<Workload> workloads, int rounds, Duration warmUp,
        Duration measure) {
    }

    /** @param progress hears a line for each cell. */
    Rounds(final Volumes volumes, final Plan plan, final Results results, final Consumer<String> progress) {
        this.volumes = volumes;
        this.plan = plan;
        this.results = results;
        this.progress = progress;
    }

    void run() {
        for (int round = 0; round < plan.rounds(); round++) {
            for (final Workload workload : plan.workloads()) {
                for (final SystemUnderTest system : rotated(plan.systems(), round)) {
                    if (system.takes(workload) && !results.absent().containsKey(system.name())) {
                        cell(round, workload, system);
                    }
                }
            }
        }
    }

    static <T> List<T> rotated(final List<T> all, final int round) {
        final List<T> order = new ArrayList<>(all);
        Collections.rotate(order, -round);
        return order;
    }

    /** A system that fails once is out: its later numbers could not be trusted either. */
    private void cell(final int round, final Workload workload, final SystemUnderTest system) {
        final String where = "round " + (round + 1) + "/" + plan.rounds() + " " + workload.label() + " "
            + system.name();
        try {
            final Sample sample = measure(round, workload, system);
            results.add(sample);
            progress.accept(String.format("%s: %,.0f/s, p50 %,.1f us", where, sample.iops(), sample.p50Micros()));
            if (system.isMirror() && workload.writes()) {
                results.compared(system.name(), volumes.difference());
            }
        } catch (final IOException e) {
            results.absent(system.name(), "failed: in " + workload.label() + ": " + e.getMessage());
            progress.accept(where + ": failed: " + e.getMessage());
        }
    }

    private Sample measure(final int round, final Workload workload, final SystemUnderTest system)
        throws IOException {
        if (system.isMirror()) {
            volumes.makeEqual();
        }
        try {
            system.start(volumes);
            final Duration warmUp = plan.warmUp().plus(system.settling());
            system.run(new LoadRun(workload, warmUp, volumes.size(), WARM_UP_SEED + round));
            return sample(round, workload, system);
        } finally {
            system.stop();
        }
    }

    private Sample sample(final int round, final Workload workload, final SystemUnderTest system)
        throws IOException {
        final Set<Long> pids = system.pids();
        final long before = CpuTime.microsOf(pids);
        final LoadResult load = system.run(new LoadRun(workload, plan.measure(), volumes.size(), MEASURE_SEED + round));
        final double cpu = CpuTime.microsOf(pids) - before;
        return new Sample(
            round, workload, system.name(),
            load.iops(), load.iops() * workload.blockSize(),
            load.p50Micros(), load.p99Micros(),
            pids.isEmpty() ? null : cpu / load.operations());
    }
}
