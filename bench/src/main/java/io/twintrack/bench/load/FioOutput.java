package io.twintrack.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads what fio prints with {@code --output-format=json}. See fio(1), "Json+ output" and the section before it. */
final class FioOutput {
    private static final JsonMapper JSON = new JsonMapper();
    private static final double MILLIS = 1e3;
    private static final double NANOS_PER_MICRO = 1e3;

    private FioOutput() {
    }

    /**
     * @param text everything on standard output; the nbd engine prints a plain line before the JSON.
     * @param jobs how many jobs did the work side by side: the result is that of one, on average.
     */
    static LoadResult parse(final String text, final boolean writes, final int jobs) throws IOException {
        final int start = text.startsWith("{") ? 0 : text.indexOf("\n{") + 1;
        if (start == 0 && !text.startsWith("{")) {
            throw new IOException("fio printed no JSON: " + text.strip());
        }
        final JsonNode job = JSON.readTree(text.substring(start)).path("jobs").path(0);
        if (job.path("error").asInt(-1) != 0) {
            throw new IOException("fio reports error " + job.path("error") + " in job " + job.path("jobname"));
        }
        return result(job.path(writes ? "write" : "read"), jobs);
    }

    private static LoadResult result(final JsonNode side, final int jobs) throws IOException {
        final long operations = side.path("total_ios").asLong();
        final JsonNode percentiles = side.path("lat_ns").path("percentile");
        if (operations == 0 || percentiles.isMissingNode()) {
            throw new IOException("fio completed nothing");
        }
        return new LoadResult(
            operations / jobs,
            side.path("runtime").asLong() / MILLIS,
            percentiles.path("50.000000").asDouble() / NANOS_PER_MICRO,
            percentiles.path("99.000000").asDouble() / NANOS_PER_MICRO);
    }
}
