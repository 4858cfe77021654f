package io.twintrack.node;

import io.twintrack.node.config.IdleConfig;

/** Decides what an HBA does between two cycles: looks again, lets others run, or sleeps. HBA's thread only. */
final class Idle {
    private final IdleConfig config;
    private final WakeUps wakeUps;
    private long lastWorkNs;

    Idle(final IdleConfig config, final WakeUps wakeUps, final long nowNs) {
        this.config = config;
        this.wakeUps = wakeUps;
        this.lastWorkNs = nowNs;
    }

    /** @param work of the last cycle. */
    void idle(final int work, final long nowNs) {
        final long idleNs = nowNs - lastWorkNs;
        if (work > 0) {
            lastWorkNs = nowNs;
        } else if (idleNs < config.spinNs()) {
            Thread.onSpinWait();
        } else if (idleNs < config.spinNs() + config.yieldNs() || config.parkNs() == 0) {
            Thread.yield();
        } else {
            wakeUps.sleep(config.parkNs());
        }
    }
}
