package io.twintrack.bench;

import io.twintrack.bench.pair.LoadedPair;
import io.twintrack.bench.report.Spread;
import io.twintrack.bench.steady.Marks;
import io.twintrack.bench.steady.Marks.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what the durable marks of writes cost, within the active regions and beyond them. */
@Command(name = "marks", mixinStandardHelpOptions = true,
    description = "Measures what durable marks cost: 4 KiB random writes over NBD into a half of the active regions, "
        + "into all, and into twice and four times as much, with the writes of metadata that they bring.")
final class MarksCommand implements Callable<Integer> {
    private static final long REGION = 4 << 20;
    private static final double[] PARTS = {0.5, 1, 2, 4};

    @Mixin
    private OnDisk on;

    @Option(names = "--active-regions", paramLabel = "N", defaultValue = "64",
        description = "Of both nodes, of 4 MiB each; the volumes are four times as large (default: 64).")
    private int activeRegions;

    @Mixin
    private InRounds in;

    @Override
    public Integer call() throws IOException {
        final long active = activeRegions * REGION;
        try (Workplace workplace = Workplace.open(on.dir, (long) (PARTS[PARTS.length - 1] * active))) {
            workplace.volumes().writeZeros();
            try (LoadedPair pair = new LoadedPair(workplace.volumes(), workplace.children(), Machine.twintrack(),
                LoadedPair.inHba("active-regions: " + activeRegions))) {
                System.out.println("working set / active set, then medians: IOPS, p50 us, p99 us, IOPS / those of the "
                    + "first row in the same round, blocks of metadata per 1,000 writes on this side");
                for (final Workload workload : List.of(Workload.WRITE_4K_D1, Workload.WRITE_4K_D32)) {
                    measure(pair, workload, active);
                }
            }
        }
        return 0;
    }

    private void measure(final LoadedPair pair, final Workload workload, final long active) throws IOException {
        pair.warmUp(workload);
        final Marks marks = new Marks(pair);
        final List<List<Figures>> columns = new ArrayList<>();
        for (int part = 0; part < PARTS.length; part++) {
            columns.add(new ArrayList<>());
        }
        for (int round = 0; round < in.rounds; round++) {
            for (int part = 0; part < PARTS.length; part++) {
                columns.get(part).add(
                    marks.run(workload, (long) (PARTS[part] * active), in.each(), round));
            }
        }
        for (int part = 0; part < PARTS.length; part++) {
            show(workload, PARTS[part], columns.get(part), columns.get(0));
        }
    }

    private static void show(
        final Workload workload, final double part, final List<Figures> figures, final List<Figures> first) {
        final List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < figures.size(); round++) {
            ratios.add(figures.get(round).load().iops() / first.get(round).load().iops());
        }
        System.out.printf(Locale.ROOT, "%-13s %4.1f  %,8.0f  %,7.0f  %,7.0f  %s  %,8.1f%n", workload.label(), part,
            Spread.median(figures, f -> f.load().iops()), Spread.median(figures, f -> f.load().p50Micros()),
            Spread.median(figures, f -> f.load().p99Micros()), Spread.of(ratios).orElseThrow(),
            Spread.median(figures, Figures::metadataPerThousand));
    }
}
