package io.twintrack.engine.resync;

/** A token bucket: a number of bytes per second, of which a tenth of a second's worth can be saved up. */
final class Allowance {
    private static final double SECOND_NS = 1e9;
    private static final double SAVED_SECONDS = 0.1;

    private final double bytesPerNs;
    private final double most;
    private double bytes;
    private long sinceNs;

    /** @param piece the longest single use, in bytes, which must fit. */
    Allowance(final long bytesPerSecond, final int piece) {
        bytesPerNs = bytesPerSecond / SECOND_NS;
        most = Math.max(piece, bytesPerSecond * SAVED_SECONDS);
    }

    void start(final long nowNs) {
        sinceNs = nowNs;
        bytes = 0;
    }

    boolean allows(final int length, final long nowNs) {
        bytes = Math.min(most, bytes + (nowNs - sinceNs) * bytesPerNs);
        sinceNs = nowNs;
        return bytes >= length;
    }

    void use(final int length) {
        bytes = Math.max(0, bytes - length);
    }
}
