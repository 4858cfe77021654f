package io.twintrack.bench;

import io.twintrack.bench.report.Spread;
import io.twintrack.bench.steady.Marks;
import io.twintrack.bench.steady.Marks.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what the durable marks of writes cost, within the active regions and beyond them. */
@Command(name = "marks", mixinStandardHelpOptions = true,
    description = "Measures what durable marks cost: 4 KiB random writes over NBD into a half of the active regions, "
        + "into all, and into twice and four times as much, with the writes of metadata that they bring.")
final class MarksCommand implements Callable<Integer> {
    private static final long REGION = 4 << 20;
    private static final double[] PARTS = {0.5, 1, 2, 4};

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".",
        description = "Folder on the disk to measure (default: the current one).")
    private Path dir;

    @Option(names = "--active-regions", paramLabel = "N", defaultValue = "64",
        description = "Of both nodes, of 4 MiB each; the volumes are four times as large (default: 64).")
    private int activeRegions;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (default: 3).")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "4",
        description = "Seconds of each run (default: 4).")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        final long active = activeRegions * REGION;
        try (Workplace workplace = Workplace.open(dir, (long) (PARTS[PARTS.length - 1] * active))) {
            workplace.volumes().writeZeros();
            try (Marks marks = new Marks(
                workplace.volumes(), workplace.children(), Machine.twintrack(), activeRegions)) {
                System.out.println("working set / active set, then medians: IOPS, p50 us, p99 us, IOPS / those of the "
                    + "first row in the same round, blocks of metadata per 1,000 writes on this side");
                for (final Workload workload : List.of(Workload.WRITE_4K_D1, Workload.WRITE_4K_D32)) {
                    measure(marks, workload, active);
                }
            }
        }
        return 0;
    }

    private void measure(final Marks marks, final Workload workload, final long active) throws IOException {
        marks.warmUp(workload);
        final List<List<Figures>> columns = new ArrayList<>();
        for (int part = 0; part < PARTS.length; part++) {
            columns.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int part = 0; part < PARTS.length; part++) {
                columns.get(part).add(
                    marks.run(workload, (long) (PARTS[part] * active), Duration.ofSeconds(seconds), round));
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
            median(figures, f -> f.load().iops()), median(figures, f -> f.load().p50Micros()),
            median(figures, f -> f.load().p99Micros()), Spread.of(ratios).orElseThrow(),
            median(figures, Figures::metadataPerThousand));
    }

    private static double median(final List<Figures> figures, final Function<Figures, Double> number) {
        return Spread.of(figures.stream().map(number).toList()).orElseThrow().median();
    }
}
