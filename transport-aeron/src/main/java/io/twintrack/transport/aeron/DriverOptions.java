package io.twintrack.transport.aeron;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How the Aeron driver of one HBA is set up. Durations in nanoseconds. {@link #conclude()} checks all of it. */
public final class DriverOptions {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private Path directory;
    private long peerTimeoutNs = 2 * SECOND;
    private long pauseTimeoutNs = 60 * SECOND;
    private long roundTripNs = MILLISECOND;
    private int invocationsPerCycle = 8;
    private boolean preallocate = true;

    /** Where the log buffers live: a folder in a RAM file system, of this driver alone. It is emptied at start. */
    public DriverOptions directory(final Path directory) {
        this.directory = directory;
        return this;
    }

    /** A peer that is not heard for so long is gone. 100 ms to 60 s, default 2 s. */
    public DriverOptions peerTimeoutNs(final long peerTimeoutNs) {
        this.peerTimeoutNs = peerTimeoutNs;
        return this;
    }

    /**
     * A cycle that takes longer than this ends Aeron's client for good, and the driver is built anew. It lies above
     * the longest pause that is expected. 200 ms to 1 h, default 60 s.
     */
    public DriverOptions pauseTimeoutNs(final long pauseTimeoutNs) {
        this.pauseTimeoutNs = pauseTimeoutNs;
        return this;
    }

    /** Longest round trip to any peer: repairs of lost datagrams are timed by it. 10 us to 2 s, default 1 ms. */
    public DriverOptions roundTripNs(final long roundTripNs) {
        this.roundTripNs = roundTripNs;
        return this;
    }

    /** The driver moves one datagram per socket and stream at a time; it is run up to so often a cycle. 1 to 256. */
    public DriverOptions invocationsPerCycle(final int invocationsPerCycle) {
        this.invocationsPerCycle = invocationsPerCycle;
        return this;
    }

    /**
     * Whether log buffers get their memory when they are made (default) or when they are first touched. The first
     * costs 20 to 50 ms when a link comes up; with the second a RAM file system that fills up later kills the process.
     */
    public DriverOptions preallocate(final boolean preallocate) {
        this.preallocate = preallocate;
        return this;
    }

    /** @throws IllegalArgumentException that names every option that is wrong. */
    public DriverOptions conclude() {
        final Problems problems = new Problems();
        problems.require(directory != null, "directory", directory, "a folder in a RAM file system");
        problems.requireRange("peerTimeoutNs", peerTimeoutNs, 100 * MILLISECOND, 60 * SECOND, "ns");
        problems.requireRange("pauseTimeoutNs", pauseTimeoutNs, 200 * MILLISECOND, 3600 * SECOND, "ns");
        problems.requireRange("roundTripNs", roundTripNs, 10_000, 2 * SECOND, "ns");
        problems.requireRange("invocationsPerCycle", invocationsPerCycle, 1, 256, "runs");
        problems.throwIfAny();
        return this;
    }

    Path directory() {
        return directory;
    }

    long peerTimeoutNs() {
        return peerTimeoutNs;
    }

    long pauseTimeoutNs() {
        return pauseTimeoutNs;
    }

    int invocationsPerCycle() {
        return invocationsPerCycle;
    }

    boolean preallocate() {
        return preallocate;
    }

    /** Time-outs are found out by timers that run a few times within them. */
    long timerIntervalNs() {
        return Math.min(SECOND, Math.min(peerTimeoutNs, pauseTimeoutNs) / 8);
    }

    long statusMessageIntervalNs() {
        return Math.min(200 * MILLISECOND, peerTimeoutNs / 8);
    }

    /** A gap is waited on a little, because datagrams may overtake each other. */
    long nakDelayNs() {
        return Math.max(50_000, roundTripNs / 8);
    }

    /** A NAK that brought nothing is repeated after this many NAK delays: two round trips, but at least 1 ms. */
    long nakRetryRatio() {
        return Math.max(2, Math.max(MILLISECOND, 2 * roundTripNs) / nakDelayNs());
    }

    /** A range that was just sent again is not sent once more while the first may still be on its way. */
    long retransmitLingerNs() {
        return Math.max(MILLISECOND, roundTripNs);
    }
}
