package io.twintrack.bench.steady;

import io.twintrack.bench.Workload;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.pair.LoadedPair;
import java.io.IOException;
import java.time.Duration;

/**
 * Two programs that serve a pair each, side by side on one disk; one client that goes to one and the other.
 *
 * @param own   this program's.
 * @param other the one it is compared with.
 */
public record Against(LoadedPair own, LoadedPair other) {
    /** What both showed in one round, seconds apart. */
    public record Figures(LoadResult own, LoadResult other) {
        public double iopsRatio() {
            return own.iops() / other.iops();
        }

        public double p50Ratio() {
            return own.p50Micros() / other.p50Micros();
        }
    }

    public void warmUp(final Workload workload) throws IOException {
        own.warmUp(workload);
        other.warmUp(workload);
    }

    /** Each round begins with the other one, at the same places. */
    public Figures round(final Workload workload, final Duration time, final int round) throws IOException {
        final boolean ownFirst = round % 2 == 0;
        final LoadResult first = (ownFirst ? own : other).run(workload, time, round);
        final LoadResult second = (ownFirst ? other : own).run(workload, time, round);
        return ownFirst ? new Figures(first, second) : new Figures(second, first);
    }
}
