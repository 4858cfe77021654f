package io.twintrack.engine.origin;

import java.util.concurrent.TimeUnit;

/**
 * Watches over a live session's unanswered frames: sends again what is overdue, asks an idle target whether it is
 * there, and says when the target counts as lost. HBA's thread only.
 */
final class ReplyWatch {
    private static final long HEARTBEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int SCANS_PER_TIMEOUT = 10;

    private final String peerIqn;
    private final AckTracker acks;
    private final FrameSender sender;
    private final long replyTimeoutNs;
    private final int maxTries;
    private long scanAtNs;
    private long heartbeatAtNs;
    private boolean stuck;
    private long stuckAtNs;

    ReplyWatch(
        final String peerIqn, final AckTracker acks, final FrameSender sender, final long replyTimeoutNs,
        final int maxTries) {
        this.peerIqn = peerIqn;
        this.acks = acks;
        this.sender = sender;
        this.replyTimeoutNs = replyTimeoutNs;
        this.maxTries = maxTries;
    }

    /** A session is live from now on. */
    void begin(final long nowNs) {
        stuck = false;
        scanAtNs = nowNs;
        heartbeatAtNs = nowNs + HEARTBEAT_NS;
    }

    /** @return why the target counts as lost, or null. */
    String poll(final long nowNs) {
        if (nowNs - heartbeatAtNs >= 0) {
            heartbeatAtNs = nowNs + HEARTBEAT_NS;
            if (isNothingUnanswered()) {
                sender.heartbeat(nowNs + replyTimeoutNs);
            }
        }
        if (nowNs - scanAtNs < 0) {
            return null;
        }
        scanAtNs = nowNs + replyTimeoutNs / SCANS_PER_TIMEOUT;
        return isStuck(nowNs) ? "no room on the wire to " + peerIqn + " for as long as all tries last"
            : resendOverdue(nowNs) ? "no answer from " + peerIqn + " within " + maxTries + " tries" : null;
    }

    /** Frames wait for the wire and none is unanswered, so none would ever be overdue. */
    private boolean isStuck(final long nowNs) {
        final boolean wasStuck = stuck;
        stuck = !sender.isEmpty() && isNothingUnanswered();
        if (!wasStuck) {
            stuckAtNs = nowNs;
        }
        return stuck && nowNs - stuckAtNs >= replyTimeoutNs * maxTries;
    }

    /** @return whether a frame is overdue for the last time. */
    private boolean resendOverdue(final long nowNs) {
        for (long id = acks.floor(); id < acks.next(); id++) {
            if (acks.isUnanswered(id) && nowNs - acks.deadlineNs(id) >= 0) {
                final int tries = acks.tries(id);
                if (tries >= maxTries) {
                    return true;
                }
                acks.wait(id, nowNs + replyTimeoutNs, tries + 1);
                sender.resend(id);
            }
        }
        return false;
    }

    private boolean isNothingUnanswered() {
        return acks.floor() == acks.next();
    }
}
