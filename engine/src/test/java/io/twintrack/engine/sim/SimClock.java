package io.twintrack.engine.sim;

/** The only time that there is in a simulation. It moves when the {@link World} says so. */
final class SimClock {
    static final long MICRO = 1_000;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000_000_000;

    private long nowNs = SECOND;

    long nowNs() {
        return nowNs;
    }

    void advance(final long ns) {
        nowNs += ns;
    }
}
