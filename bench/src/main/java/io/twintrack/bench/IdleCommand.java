package io.twintrack.bench;

import io.twintrack.bench.idle.IdleBench;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.report.Rule.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures two nodes that nobody uses. */
@Command(name = "idle", mixinStandardHelpOptions = true,
    description = "Measures what two connected nodes cost without load, and what a write after a pause waits for.")
final class IdleCommand implements Callable<Integer> {
    private static final double MOST = 0.05;

    @Mixin
    private OnDisk on;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "20",
        description = "How long the nodes are watched, in seconds (default: 20).")
    private int seconds;

    @Option(names = "--gate", description = "Exit with 1 unless each node takes at most 5 % of a core.")
    private boolean gate;

    @Override
    public Integer call() throws IOException {
        try (Workplace workplace = Workplace.open(on.dir, 256L << 20)) {
            workplace.volumes().writeZeros();
            try (IdleBench bench = new IdleBench(
                workplace.volumes(), workplace.children(), Machine.twintrack())) {
                final boolean idle = idle(bench);
                show("without pauses", bench.busy(Duration.ofSeconds(3)));
                show("after pauses of 50 ms", bench.afterPauses(Duration.ofMillis(50)));
                show("after pauses of 500 ms", bench.afterPauses(Duration.ofMillis(500)));
                return !gate || idle ? 0 : 1;
            }
        }
    }

    private boolean idle(final IdleBench bench) throws IOException {
        final double[] shares = bench.shares(Duration.ofSeconds(seconds));
        final boolean holds = shares[0] <= MOST && shares[1] <= MOST;
        System.out.printf(Locale.ROOT,
            "%s  no load: origin %.1f %%, target %.1f %% of a core over %d s (must be %.0f %% or less)%n",
            Verdict.of(holds), 100 * shares[0], 100 * shares[1], seconds, 100 * MOST);
        return holds;
    }

    private static void show(final String when, final LoadResult writes) {
        System.out.printf(Locale.ROOT, "4 KiB write over NBD %s: p50 %.0f us, p99 %.0f us (%d writes)%n", when,
            writes.p50Micros(), writes.p99Micros(), writes.operations());
    }
}
