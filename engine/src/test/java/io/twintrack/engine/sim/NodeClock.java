package io.twintrack.engine.sim;

/** What one host's clock says: it began at another number, runs somewhat fast or slow, and leaps forward at times. */
final class NodeClock {
    private static final long MILLION = 1_000_000;

    private final SimClock time;
    private final long beganNs;
    private long offsetNs;
    private final long fastPerMillion;
    int jumps;

    NodeClock(final SimClock time, final long offsetNs, final long fastPerMillion) {
        this.time = time;
        this.beganNs = time.nowNs();
        this.offsetNs = offsetNs;
        this.fastPerMillion = fastPerMillion;
    }

    long nowNs() {
        return time.nowNs() + offsetNs + (time.nowNs() - beganNs) / MILLION * fastPerMillion;
    }

    /** The host stood still, or its clock was set. */
    void jump(final long ns) {
        offsetNs += ns;
        jumps++;
    }
}
