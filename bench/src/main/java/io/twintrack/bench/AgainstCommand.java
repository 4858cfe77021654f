package io.twintrack.bench;

import io.twintrack.bench.pair.LoadedPair;
import io.twintrack.bench.report.Rule.Verdict;
import io.twintrack.bench.report.Spread;
import io.twintrack.bench.steady.Against;
import io.twintrack.bench.steady.Against.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares this program's steady writes with another one's, such as that of an earlier commit. */
@Command(name = "against", mixinStandardHelpOptions = true,
    description = "Measures steady replicated writes of this program and of another one, such as an earlier commit's: "
        + "both serve a pair on this disk all the time, and a client goes to one and the other in turn.")
final class AgainstCommand implements Callable<Integer> {
    private static final double LEAST = 0.95;
    private static final List<Workload> WORKLOADS = List.of(Workload.WRITE_4K_D1, Workload.WRITE_4K_D32);

    @Parameters(paramLabel = "PROGRAM", description = "bin/twintrack in another checkout.")
    private Path other;

    @Mixin
    private OnDisk on;

    @Option(names = "--size", paramLabel = "MIB", defaultValue = "256",
        description = "Size of each of the four volumes in MiB (default: 256).")
    private int sizeMib;

    @Mixin
    private InRounds in;

    @Option(names = "--gate", description = "Exit with 1 unless this program is at most 5 % slower.")
    private boolean gate;

    @Override
    public Integer call() throws IOException {
        final long size = (long) sizeMib << 20;
        try (Workplace own = Workplace.open(on.dir, size); Workplace others = Workplace.open(on.dir, size)) {
            own.volumes().writeZeros();
            others.volumes().writeZeros();
            try (LoadedPair ours = new LoadedPair(own.volumes(), own.children(), Machine.twintrack());
                LoadedPair theirs = new LoadedPair(others.volumes(), others.children(), other.toAbsolutePath())) {
                final Against against = new Against(ours, theirs);
                boolean holds = true;
                for (final Workload workload : WORKLOADS) {
                    holds &= compare(against, workload);
                }
                return !gate || holds ? 0 : 1;
            }
        }
    }

    private boolean compare(final Against against, final Workload workload) throws IOException {
        final List<Figures> all = new ArrayList<>();
        against.warmUp(workload);
        for (int round = 0; round < in.rounds; round++) {
            final Figures figures = against.round(workload, in.each(), round);
            all.add(figures);
            System.out.printf(Locale.ROOT, "round %d %s: this %.0f/s, p50 %.0f us; the other %.0f/s, p50 %.0f us%n",
                round + 1, workload.label(), figures.own().iops(), figures.own().p50Micros(),
                figures.other().iops(), figures.other().p50Micros());
        }
        final Spread iops = Spread.of(all.stream().map(Figures::iopsRatio).toList()).orElseThrow();
        final Spread p50 = Spread.of(all.stream().map(Figures::p50Ratio).toList()).orElseThrow();
        final boolean holds = iops.median() >= LEAST;
        System.out.printf(Locale.ROOT,
            "%s  %s: this / the other %s of its IOPS (must be %.2f or more), %s of its p50%n",
            Verdict.of(holds), workload.label(), iops, LEAST, p50);
        return holds;
    }
}
