package io.twintrack.bench.steady;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.pair.LoadedPair;
import java.io.IOException;
import java.time.Duration;

/**
 * What writes to a working set cost in metadata.
 *
 * @param pair with few active regions, so that a small working set goes beyond them.
 */
public record Marks(LoadedPair pair) {
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final long SETTLING_SEED = 2_000_000;

    /** @param metadataPerThousand blocks of 4 KiB that the origin wrote to its record, by 1,000 writes of data. */
    public record Figures(LoadResult load, double metadataPerThousand) {
    }

    /**
     * The regions that the run before left active make room for this one's first.
     *
     * @param workingSet bytes from the start of the volume that are written to.
     */
    public Figures run(final Workload workload, final long workingSet, final Duration time, final long seed)
        throws IOException {
        pair.run(workload, workingSet, SETTLING, SETTLING_SEED + seed);
        final JsonNode before = pair.control().status();
        final LoadResult load = pair.run(workload, workingSet, time, seed);
        final JsonNode after = pair.control().status();
        return new Figures(load, 1000.0 * grown(before, after, "metadataWrites") / grown(before, after, "writes"));
    }

    private static long grown(final JsonNode before, final JsonNode after, final String field) {
        return after.path(field).asLong() - before.path(field).asLong();
    }
}
