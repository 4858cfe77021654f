package io.twintrack.bench;

import io.twintrack.bench.report.Rule.Verdict;
import io.twintrack.bench.report.Spread;
import io.twintrack.bench.resync.ResyncBench;
import io.twintrack.bench.resync.ResyncBench.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how fast a severed pair comes together again, next to a plain copy of the same tracks. */
@Command(name = "resync", mixinStandardHelpOptions = true,
    description = "Measures delta resync: its rate next to a plain O_DIRECT copy of the same tracks, and what a 4 KiB "
        + "write client beside it keeps.")
final class ResyncCommand implements Callable<Integer> {
    private static final double LEAST_RATE = 0.8;
    private static final double LEAST_WRITES = 0.5;

    @Mixin
    private OnDisk on;

    @Option(names = "--size", paramLabel = "MIB", defaultValue = "1024",
        description = "Size of each volume in MiB; half of it is changed (default: 1024).")
    private int sizeMib;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (default: 3).")
    private int rounds;

    @Option(names = "--gate", description = "Exit with 1 unless both rules are met.")
    private boolean gate;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Workplace workplace = Workplace.open(on.dir, (long) sizeMib << 20)) {
            workplace.volumes().writeZeros();
            final List<Figures> all = new ArrayList<>();
            try (ResyncBench bench = new ResyncBench(
                workplace.volumes(), workplace.children(), Machine.twintrack())) {
                for (int round = 0; round < rounds; round++) {
                    final Figures figures = bench.round();
                    all.add(figures);
                    System.out.printf(Locale.ROOT,
                        "round %d: plain copy %.0f MB/s, resync %.0f MB/s (%.2f); 4 KiB writes "
                        + "alone %.0f/s, beside a resync %.0f/s (%.2f), that resync %.0f MB/s%n", round + 1,
                        figures.copyRate() / 1e6, figures.resyncRate() / 1e6, figures.rateRatio(),
                        figures.writesAlone(), figures.writesBeside(), figures.writeRatio(),
                        figures.busyResyncRate() / 1e6);
                }
            }
            final boolean rate = holds("resync / plain copy", LEAST_RATE, all.stream().map(Figures::rateRatio));
            final boolean writes =
                holds("writes beside a resync / alone", LEAST_WRITES, all.stream().map(Figures::writeRatio));
            return !gate || rate && writes ? 0 : 1;
        }
    }

    /** @return whether the median does. */
    private static boolean holds(final String what, final double least, final Stream<Double> ratios) {
        final Spread spread = Spread.of(ratios.toList()).orElseThrow();
        final boolean holds = spread.median() >= least;
        System.out.printf(
            Locale.ROOT, "%s  %s: %s (must be %.1f or more)%n", Verdict.of(holds), what, spread, least);
        return holds;
    }
}
