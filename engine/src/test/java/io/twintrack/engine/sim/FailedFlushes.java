package io.twintrack.engine.sim;

import io.twintrack.engine.pair.SideState;

/** A disk that failed a flush is not trusted any more: guarantee 14. */
final class FailedFlushes {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long RECORD_NS = 10 * SimClock.SECOND;

    private final World world;
    private final long[] failedNs = {NEVER, NEVER};

    FailedFlushes(final World world) {
        this.world = world;
    }

    void onFlushFailed(final SimNode node) {
        failedNs[node.index] = Math.min(failedNs[node.index], world.clock.nowNs());
    }

    void onEnded(final SimNode node) {
        failedNs[node.index] = NEVER;
    }

    boolean hasFailed(final SimNode node) {
        return failedNs[node.index] != NEVER;
    }

    void afterCycle(final SimNode node) {
        if (hasFailed(node) && world.clock.nowNs() - failedNs[node.index] > RECORD_NS
            && node.known.sideState != SideState.FAILED) {
            throw new Broken(Guarantee.FAILED_FLUSH, "node " + node.index + " failed a flush "
                + RECORD_NS / SimClock.SECOND + " s ago, and does not say that it failed; " + world.oracles.describe());
        }
    }

    /** A client's flush that began at this time was answered well, and this side counts. */
    void onFlushed(final SimNode node, final long beganNs) {
        if (hasFailed(node) && beganNs > failedNs[node.index]) {
            throw new Broken(Guarantee.FAILED_FLUSH, "a flush is answered on the word of node " + node.index
                + ", whose disk failed one before; " + world.oracles.describe());
        }
    }
}
