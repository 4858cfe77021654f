package io.twintrack.bench.steady;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A pair in one of the modes, that a client writes to. */
public final class Modes implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    private final long size;
    private final Fio fio;
    private final ConfiguredPair pair;

    /** @param mode as in a node's file. */
    public Modes(final Volumes volumes, final Children children, final Path program, final String mode)
        throws IOException {
        size = volumes.size();
        fio = new Fio(children, "io_uring");
        pair = new ConfiguredPair(
            volumes, children, fio, program, yaml -> ConfiguredPair.inPair(yaml, "mode: " + mode));
    }

    public void warmUp(final Workload workload) throws IOException {
        run(workload, WARM_UP, 1_000_000);
    }

    public LoadResult run(final Workload workload, final Duration time, final long seed) throws IOException {
        return fio.onNbd(pair.uri(), new LoadRun(workload, time, size, seed));
    }

    @Override
    public void close() throws IOException {
        pair.close();
    }
}
