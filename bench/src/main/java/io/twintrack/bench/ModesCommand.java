package io.twintrack.bench;

import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.report.Spread;
import io.twintrack.bench.steady.Modes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what the early answers of the modes memory and local save. */
@Command(name = "modes", mixinStandardHelpOptions = true,
    description = "Measures 4 KiB writes over NBD to a pair of each mode: disk, memory and local. All three serve all "
        + "the time, and the client goes from one to the next.")
final class ModesCommand implements Callable<Integer> {
    private static final List<String> MODES = List.of("disk", "memory", "local");

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".",
        description = "Folder on the disk to measure (default: the current one).")
    private Path dir;

    @Option(names = "--size", paramLabel = "MIB", defaultValue = "128",
        description = "Size of each of the six volumes in MiB (default: 128).")
    private int sizeMib;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds (default: 5).")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "3",
        description = "Seconds of each run (default: 3).")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        final Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            final List<Modes> pairs = new ArrayList<>();
            for (final String mode : MODES) {
                final Workplace place = Workplace.open(dir, (long) sizeMib << 20);
                opened.push(place);
                place.volumes().writeZeros();
                final Modes pair = new Modes(place.volumes(), place.children(), Machine.twintrack(), mode);
                opened.push(pair);
                pairs.add(pair);
            }
            measure(pairs, Workload.WRITE_4K_D1);
            measure(pairs, Workload.WRITE_4K_D32);
            return 0;
        } finally {
            closeAll(opened);
        }
    }

    private void measure(final List<Modes> pairs, final Workload workload) throws IOException {
        final List<List<LoadResult>> results = new ArrayList<>();
        for (final Modes pair : pairs) {
            pair.warmUp(workload);
            results.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < pairs.size(); i++) {
                results.get(i).add(pairs.get(i).run(workload, Duration.ofSeconds(seconds), round));
            }
        }
        for (int i = 0; i < pairs.size(); i++) {
            show(workload, MODES.get(i), results.get(i), results.get(0));
        }
    }

    private static void show(
        final Workload workload, final String mode, final List<LoadResult> results, final List<LoadResult> disk) {
        final List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < results.size(); round++) {
            ratios.add(results.get(round).p50Micros() / disk.get(round).p50Micros());
        }
        System.out.printf(Locale.ROOT, "%-13s %-7s %,8.0f/s  p50 %,7.0f us  p99 %,7.0f us  p50 / mode disk %s%n",
            workload.label(), mode, median(results, LoadResult::iops), median(results, LoadResult::p50Micros),
            median(results, LoadResult::p99Micros), Spread.of(ratios).orElseThrow());
    }

    private static double median(final List<LoadResult> results, final ToDoubleFunction<LoadResult> number) {
        return Spread.of(results.stream().mapToDouble(number).boxed().toList()).orElseThrow().median();
    }

    private static void closeAll(final Deque<AutoCloseable> opened) throws IOException {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (final IOException e) {
                throw e;
            } catch (final Exception e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
