package io.twintrack.engine.resync;

import java.util.concurrent.TimeUnit;

/** How far a walk is, and how fast: bytes per second, smoothed over a few seconds. */
final class Progress {
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final double SMOOTHING_NS = TimeUnit.SECONDS.toNanos(3);
    private static final double SECOND_NS = 1e9;

    private long total;
    private long done;
    private long sampledDone;
    private long sampledNs;
    private double bytesPerSecond;

    void start(final long totalBytes, final long nowNs) {
        total = totalBytes;
        done = 0;
        sampledDone = 0;
        sampledNs = nowNs;
        bytesPerSecond = 0;
    }

    void done(final long bytes, final long nowNs) {
        done = bytes;
        final long passedNs = nowNs - sampledNs;
        if (passedNs < SAMPLE_NS) {
            return;
        }
        final double lately = Math.max(0, done - sampledDone) * SECOND_NS / passedNs;
        // The first sample stands for what is not known yet.
        final double weight = bytesPerSecond == 0 ? 1 : passedNs / (passedNs + SMOOTHING_NS);
        bytesPerSecond += (lately - bytesPerSecond) * weight;
        sampledDone = done;
        sampledNs = nowNs;
    }

    /** More is to be done than was known. */
    void total(final long bytes) {
        total = bytes;
    }

    long total() {
        return total;
    }

    long done() {
        return done;
    }

    /** 0 while nothing is known. */
    long bytesPerSecond() {
        return (long) bytesPerSecond;
    }

    /** At the rate of late; -1 while nothing is known. */
    long secondsToGo() {
        return bytesPerSecond < 1 ? -1 : (long) Math.ceil((total - done) / bytesPerSecond);
    }
}
