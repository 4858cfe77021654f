package io.twintrack.bench.resync;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.pair.LoadedPair;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Severs a pair, changes every other run of 256 KiB, re-establishes it, and takes the time from the command to
 * UpToDate; once with no client, once with one that writes 4 KiB at depth 1 all the time.
 */
public final class ResyncBench implements AutoCloseable {
    private static final int RUN = 256 << 10;
    private static final int STRIDE = 2 * RUN;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration LOAD = Duration.ofSeconds(3);
    /** Shorter than the resync beside it, or the client would be measured alone for the rest. */
    private static final Duration LOAD_BESIDE = Duration.ofSeconds(1);

    private final Volumes volumes;
    private final Children children;
    private final LoadedPair pair;
    private final Path copy;
    private long seed = 1;

    /** What one round showed. Rates in bytes per second, writes in operations per second. */
    public record Figures(
        double copyRate, double resyncRate, double writesAlone, double writesBeside, double busyResyncRate) {
        public double rateRatio() {
            return resyncRate / copyRate;
        }

        public double writeRatio() {
            return writesBeside / writesAlone;
        }
    }

    public ResyncBench(final Volumes volumes, final Children children, final Path program) throws IOException {
        this.volumes = volumes;
        this.children = children;
        copy = volumes.dir().resolve("copy.img");
        Files.copy(volumes.origin(), copy);
        pair = new LoadedPair(volumes, children, program);
        pair.warmUp(Workload.WRITE_4K_D1);
    }

    public Figures round() throws IOException, InterruptedException {
        final double bytes = (double) volumes.size() / STRIDE * RUN;
        change();
        final double copySeconds = PlainCopy.seconds(volumes.origin(), copy, volumes.size(), RUN, STRIDE);
        final double resyncSeconds = reestablish();
        final LoadResult alone = writes(LOAD);
        change();
        final CompletableFuture<LoadResult> client = CompletableFuture.supplyAsync(() -> quietly(LOAD_BESIDE));
        final double busySeconds = reestablish();
        final LoadResult beside = client.join();
        return new Figures(
            bytes / copySeconds, bytes / resyncSeconds, alone.iops(), beside.iops(), bytes / busySeconds);
    }

    /** Every other run, while this side is alone: fio skips one run after each. */
    private void change() throws IOException {
        pair.control().command("sever");
        final Child writer = children.start("fio-change", List.of("fio", "--name=change", "--ioengine=nbd",
            "--uri=" + pair.uri(), "--rw=write:" + RUN, "--bs=" + RUN, "--iodepth=8", "--size=" + volumes.size(),
            "--io_size=" + volumes.size() / 2, "--randseed=" + seed++, "--refill_buffers"));
        writer.awaitExit(LIMIT);
    }

    /** @return seconds from the command until both sides are equal. */
    private double reestablish() throws IOException {
        final long beginNs = System.nanoTime();
        pair.control().command("reestablish");
        pair.control().await("up-to-date", LIMIT);
        return (System.nanoTime() - beginNs) / 1e9;
    }

    private LoadResult writes(final Duration time) throws IOException {
        return pair.run(Workload.WRITE_4K_D1, time, seed++);
    }

    private LoadResult quietly(final Duration time) {
        try {
            return writes(time);
        } catch (final IOException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() throws IOException {
        pair.close();
    }
}
