package io.twintrack.bench.idle;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.pair.LoadedPair;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.process.CpuTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What two connected nodes cost while nobody uses them, and what the first write after a pause waits for. */
public final class IdleBench implements AutoCloseable {
    /** Compilers and class loaders have ended by then. */
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final int WRITES_AFTER_PAUSES = 40;

    private final LoadedPair pair;

    public IdleBench(final Volumes volumes, final Children children, final Path program) throws IOException {
        pair = new LoadedPair(volumes, children, program);
        pair.warmUp(Workload.WRITE_4K_D1);
    }

    /** Writes all the time, for a time. */
    public LoadResult busy(final Duration time) throws IOException {
        return pair.run(Workload.WRITE_4K_D1, time, 1);
    }

    /** Waits for so long before each write. */
    public LoadResult afterPauses(final Duration pause) throws IOException {
        return pair.afterPauses(pause, WRITES_AFTER_PAUSES);
    }

    /** @return the parts of one core that the origin's and the target's process took with nothing to do. */
    public double[] shares(final Duration time) throws IOException {
        rest(SETTLING);
        final long origin = pair.originPid();
        final long target = pair.targetPid();
        final long originBefore = CpuTime.microsOf(List.of(origin));
        final long targetBefore = CpuTime.microsOf(List.of(target));
        final long beganNs = System.nanoTime();
        rest(time);
        final double micros = (System.nanoTime() - beganNs) / 1e3;
        return new double[] {
            (CpuTime.microsOf(List.of(origin)) - originBefore) / micros,
            (CpuTime.microsOf(List.of(target)) - targetBefore) / micros};
    }

    private static void rest(final Duration time) {
        final long endNs = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() throws IOException {
        pair.close();
    }
}
