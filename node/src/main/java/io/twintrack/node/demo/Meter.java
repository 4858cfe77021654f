package io.twintrack.node.demo;

import org.HdrHistogram.Histogram;

import java.util.Locale;

/** Counts the bytes and times the requests of one transfer. */
final class Meter {
    private static final long LONGEST_NS = 120_000_000_000L;

    private final Histogram latency = new Histogram(LONGEST_NS, 3);
    private final long startNs;
    private long bytes;
    private long endNs;

    Meter(final long startNs) {
        this.startNs = startNs;
        this.endNs = startNs;
    }

    void record(final NbdRequest request, final long nowNs) {
        latency.recordValue(Math.min(LONGEST_NS, nowNs - request.sentNs()));
        bytes += request.length();
        endNs = nowNs;
    }

    /** The transfer ended, with its flush. */
    void end(final long nowNs) {
        endNs = nowNs;
    }

    long bytes() {
        return bytes;
    }

    /** In units of 1,000,000 bytes a second. */
    double megabytesPerSecond() {
        return endNs == startNs ? 0 : bytes * 1000.0 / (endNs - startNs);
    }

    /** In milliseconds. */
    double latencyMs(final double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0f MB/s, p50 %.2f ms, p99 %.2f ms",
            megabytesPerSecond(), latencyMs(50), latencyMs(99));
    }
}
