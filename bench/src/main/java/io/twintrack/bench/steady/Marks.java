package io.twintrack.bench.steady;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.resync.PairOverHttp;
import io.twintrack.bench.system.TwintrackNbd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A pair with few active regions, so that a small working set goes beyond them. */
public final class Marks implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    private final Volumes volumes;
    private final Fio fio;
    private final TwintrackNbd nodes;
    private final PairOverHttp pair;

    /** @param metadataPerThousand blocks of 4 KiB that the origin wrote to its record, by 1,000 writes of data. */
    public record Figures(LoadResult load, double metadataPerThousand) {
    }

    public Marks(
        final Volumes volumes, final Children children, final Path program, final int activeRegions)
        throws IOException {
        this.volumes = volumes;
        fio = new Fio(children, "io_uring");
        nodes = new TwintrackNbd(children, fio, program);
        // The first start writes both nodes' files, which a later one takes as they are.
        nodes.start(volumes);
        nodes.stop();
        for (final String side : List.of("origin", "target")) {
            final Path file = volumes.dir().resolve(side).resolve("node.yaml");
            Files.writeString(file, withActiveRegions(Files.readString(file), activeRegions));
        }
        nodes.start(volumes);
        pair = new PairOverHttp(volumes.dir().resolve("origin/meta/control.sock"), "vol0");
    }

    /** @return the configuration with this key in its first HBA. */
    static String withActiveRegions(final String yaml, final int activeRegions) {
        return yaml.replaceFirst("(?m)^  - name: .*$", "$0\n    active-regions: " + activeRegions);
    }

    public void warmUp(final Workload workload) throws IOException {
        run(workload, volumes.size(), WARM_UP, 1_000_000);
    }

    /** @param workingSet bytes from the start of the volume that are written to. */
    public Figures run(final Workload workload, final long workingSet, final Duration time, final long seed)
        throws IOException {
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
        nodes.stop();
    }
}
