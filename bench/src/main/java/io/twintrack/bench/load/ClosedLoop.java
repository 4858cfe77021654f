package io.twintrack.bench.load;

import io.twintrack.bench.Workload;
import io.twintrack.bench.load.EmbeddedVolume.CompletionListener;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.UnsafeApi;

/**
 * A client without a protocol: keeps a fixed number of requests in flight on an {@link EmbeddedVolume}, as fio does
 * on a file. Allocates nothing while it runs. One thread, the one that opened the volume.
 */
public final class ClosedLoop implements CompletionListener {
    private static final long DRAIN_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long HIGHEST_LATENCY_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int SPINS = 100;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final EmbeddedVolume volume;
    private final Histogram latencies = new Histogram(HIGHEST_LATENCY_NS, 3);
    private final long[] startNs;
    private final int[] idle;
    private final Workload workload;

    private SplittableRandom random;
    private long blocks;
    private long nextBlock;
    private long stamp;
    private int idleCount;
    private long failed;

    /** @param seed of what is written: blocks are filled once, and a number in each tells them apart. */
    public ClosedLoop(final EmbeddedVolume volume, final Workload workload, final long seed) {
        this.volume = volume;
        this.workload = workload;
        if (workload.depth() > volume.buffers() || workload.blockSize() > volume.bufferLength()) {
            throw new IllegalArgumentException(volume.buffers() + " buffers of " + volume.bufferLength()
                + " bytes are too few for " + workload.label());
        }
        startNs = new long[workload.depth()];
        idle = new int[workload.depth()];
        final SplittableRandom bytes = new SplittableRandom(seed);
        for (int buffer = 0; buffer < workload.depth(); buffer++) {
            for (int at = 0; at < workload.blockSize(); at += Long.BYTES) {
                UnsafeApi.putLong(volume.address(buffer) + at, bytes.nextLong());
            }
        }
    }

    public LoadResult run(final LoadRun run) throws IOException {
        begin(run);
        final long start = System.nanoTime();
        final long end = start + run.time().toNanos();
        long now = start;
        int idlePolls = 0;
        while (now < end) {
            fill();
            idlePolls = volume.poll(this) == 0 ? idlePolls + 1 : 0;
            idle(idlePolls);
            now = System.nanoTime();
        }
        final long operations = latencies.getTotalCount();
        drain(now + DRAIN_LIMIT_NS);
        if (failed > 0 || operations == 0) {
            throw new IOException(failed + " requests failed, " + operations + " completed");
        }
        return new LoadResult(
            operations, (now - start) / NANOS_PER_SECOND,
            latencies.getValueAtPercentile(50) / NANOS_PER_MICRO,
            latencies.getValueAtPercentile(99) / NANOS_PER_MICRO);
    }

    private void begin(final LoadRun run) {
        if (run.workload() != workload) {
            throw new IllegalArgumentException("this loop is for " + workload.label());
        }
        random = new SplittableRandom(run.seed());
        blocks = run.size() / workload.blockSize();
        nextBlock = 0;
        failed = 0;
        latencies.reset();
        idleCount = workload.depth();
        for (int i = 0; i < idleCount; i++) {
            idle[i] = i;
        }
    }

    /** Waits for a few microseconds, then gives the processor away: the HBA may need this very one. */
    private static void idle(final int polls) {
        if (polls > SPINS) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private void fill() {
        while (idleCount > 0 && submit(idle[idleCount - 1])) {
            idleCount--;
        }
    }

    /** The first word differs in every write, so that two copies that are equal were both written. */
    private boolean submit(final int buffer) {
        final long block = workload.random() ? random.nextLong(blocks) : nextBlock;
        final long offset = block * workload.blockSize();
        startNs[buffer] = System.nanoTime();
        final boolean taken;
        if (workload.writes()) {
            UnsafeApi.putLong(volume.address(buffer), ++stamp);
            taken = volume.write(buffer, workload.blockSize(), offset);
        } else {
            taken = volume.read(buffer, workload.blockSize(), offset);
        }
        if (taken) {
            nextBlock = block + 1 == blocks ? 0 : block + 1;
        }
        return taken;
    }

    @Override
    public void onComplete(final int buffer, final boolean ok) {
        latencies.recordValue(Math.min(System.nanoTime() - startNs[buffer], HIGHEST_LATENCY_NS));
        idle[idleCount++] = buffer;
        if (!ok) {
            failed++;
        }
    }

    private void drain(final long deadlineNs) throws IOException {
        while (idleCount < workload.depth()) {
            volume.poll(this);
            Thread.yield();
            if (System.nanoTime() > deadlineNs) {
                throw new IOException(workload.depth() - idleCount + " requests never completed");
            }
        }
    }
}
