package io.twintrack.bench.load;

import io.twintrack.bench.Workload;
import java.time.Duration;

/**
 * What a client is asked to do in one run.
 *
 * @param size of the range that is read or written, from the start of the volume, in bytes.
 * @param seed picks the offsets: the same one for all systems of a round.
 */
public record LoadRun(Workload workload, Duration time, long size, long seed) {
}
