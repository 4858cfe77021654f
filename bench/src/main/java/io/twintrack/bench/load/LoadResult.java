package io.twintrack.bench.load;

/**
 * What one client saw in one measured run.
 *
 * @param operations completed in the measured time.
 * @param seconds    the measured time.
 * @param p50Micros  median from submission to completion.
 * @param p99Micros  99th percentile of the same.
 */
public record LoadResult(long operations, double seconds, double p50Micros, double p99Micros) {

    public double iops() {
        return operations / seconds;
    }
}
