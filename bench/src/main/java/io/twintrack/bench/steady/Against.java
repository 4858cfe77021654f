package io.twintrack.bench.steady;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.system.TwintrackNbd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Two programs that serve a pair each, side by side on one disk; one client that goes to one and the other. */
public final class Against implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    private final long size;
    private final Fio fio;
    private final TwintrackNbd own;
    private final TwintrackNbd other;

    /** What both showed in one round, seconds apart. */
    public record Figures(LoadResult own, LoadResult other) {
        public double iopsRatio() {
            return own.iops() / other.iops();
        }

        public double p50Ratio() {
            return own.p50Micros() / other.p50Micros();
        }
    }

    public Against(
        final Volumes ownVolumes, final Volumes otherVolumes, final Children ownChildren,
        final Children otherChildren, final Path ownProgram, final Path otherProgram) throws IOException {
        size = ownVolumes.size();
        fio = new Fio(ownChildren, "io_uring");
        own = new TwintrackNbd(ownChildren, fio, ownProgram);
        other = new TwintrackNbd(otherChildren, fio, otherProgram);
        own.start(ownVolumes);
        other.start(otherVolumes);
    }

    public void warmUp(final Workload workload) throws IOException {
        run(own, workload, WARM_UP, 1_000_000);
        run(other, workload, WARM_UP, 1_000_000);
    }

    /** Each round begins with the other one, at the same places. */
    public Figures round(final Workload workload, final Duration time, final int round) throws IOException {
        final boolean ownFirst = round % 2 == 0;
        final LoadResult first = run(ownFirst ? own : other, workload, time, round);
        final LoadResult second = run(ownFirst ? other : own, workload, time, round);
        return ownFirst ? new Figures(first, second) : new Figures(second, first);
    }

    private LoadResult run(final TwintrackNbd program, final Workload workload, final Duration time, final long seed)
        throws IOException {
        return fio.onNbd(program.uri(), new LoadRun(workload, time, size, seed));
    }

    @Override
    public void close() throws IOException {
        try {
            own.stop();
        } finally {
            other.stop();
        }
    }
}
