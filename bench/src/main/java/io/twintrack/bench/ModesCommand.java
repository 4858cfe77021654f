package io.twintrack.bench;

import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.pair.LoadedPair;
import io.twintrack.bench.report.Spread;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what the early answers of the modes memory and local save. */
@Command(name = "modes", mixinStandardHelpOptions = true,
    description = "Measures 4 KiB writes over NBD to a pair of each mode: disk, memory and local. All three serve all "
        + "the time, and the client goes from one to the next.")
final class ModesCommand implements Callable<Integer> {
    private static final List<String> MODES = List.of("disk", "memory", "local");

    @Mixin
    private OnDisk on;

    @Option(names = "--size", paramLabel = "MIB", defaultValue = "128",
        description = "Size of each of the six volumes in MiB (default: 128).")
    private int sizeMib;

    @Mixin
    private InRounds in;

    @Override
    public Integer call() throws IOException {
        final Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            final List<LoadedPair> pairs = new ArrayList<>();
            for (final String mode : MODES) {
                final Workplace place = Workplace.open(on.dir, (long) sizeMib << 20);
                opened.push(place);
                place.volumes().writeZeros();
                final LoadedPair pair = new LoadedPair(
                    place.volumes(), place.children(), Machine.twintrack(), LoadedPair.inPair("mode: " + mode));
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

    private void measure(final List<LoadedPair> pairs, final Workload workload) throws IOException {
        final List<List<LoadResult>> results = new ArrayList<>();
        for (final LoadedPair pair : pairs) {
            pair.warmUp(workload);
            results.add(new ArrayList<>());
        }
        for (int round = 0; round < in.rounds; round++) {
            for (int i = 0; i < pairs.size(); i++) {
                results.get(i).add(pairs.get(i).run(workload, in.each(), round));
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
            workload.label(), mode, Spread.median(results, LoadResult::iops), Spread.median(results, LoadResult::p50Micros),
            Spread.median(results, LoadResult::p99Micros), Spread.of(ratios).orElseThrow());
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
