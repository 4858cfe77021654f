package io.twintrack.bench.steady;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.resync.PairOverHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A pair with few active regions, so that a small working set goes beyond them. */
public final class Marks implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final Volumes volumes;
    private final Fio fio;
    private final ConfiguredPair nodes;
    private final PairOverHttp pair;

    /** @param metadataPerThousand blocks of 4 KiB that the origin wrote to its record, by 1,000 writes of data. */
    public record Figures(LoadResult load, double metadataPerThousand) {
    }

    public Marks(
        final Volumes volumes, final Children children, final Path program, final int activeRegions)
        throws IOException {
        this.volumes = volumes;
        fio = new Fio(children, "io_uring");
        nodes = new ConfiguredPair(volumes, children, fio, program,
            yaml -> ConfiguredPair.inHba(yaml, "active-regions: " + activeRegions));
        pair = nodes.control();
    }

    public void warmUp(final Workload workload) throws IOException {
        run(workload, volumes.size(), WARM_UP, 1_000_000);
    }

    /**
     * The regions that the run before left active make room for this one's first.
     *
     * @param workingSet bytes from the start of the volume that are written to.
     */
    public Figures run(final Workload workload, final long workingSet, final Duration time, final long seed)
        throws IOException {
        fio.onNbd(nodes.uri(), new LoadRun(workload, SETTLING, workingSet, 2_000_000 + seed));
        final JsonNode before = pair.status();
        final LoadResult load = fio.onNbd(nodes.uri(), new LoadRun(workload, time, workingSet, seed));
        final JsonNode after = pair.status();
        return new Figures(load, 1000.0 * grown(before, after, "metadataWrites") / grown(before, after, "writes"));
    }

    private static long grown(final JsonNode before, final JsonNode after, final String field) {
        return after.path(field).asLong() - before.path(field).asLong();
    }

    @Override
    public void close() throws IOException {
        pair.close();
        nodes.close();
    }
}
