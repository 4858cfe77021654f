package io.twintrack.engine.pair;

import io.twintrack.engine.Status;

/**
 * The end of a pair on this node in good order: both sides flushed, all marks retired, the superblock says that nobody
 * is served. Whatever of this fails leaves marks behind, and the next handshake looks at them.
 */
final class Closing {
    private enum Step {
        OPEN, DRAINING, FLUSHING, RETIRING, RECORDING, CLOSED
    }

    private final Pair pair;
    private Step step = Step.OPEN;
    private long epoch;
    /** What the flush is of: a side that was alone when it began may have met the other one when it ends. */
    private boolean both;

    Closing(final Pair pair) {
        this.pair = pair;
    }

    boolean isBegun() {
        return step != Step.OPEN;
    }

    boolean isClosed() {
        return step == Step.CLOSED;
    }

    /** Nothing of clients is on its way any more. */
    void begin() {
        step = pair.condition.isPrimary() && pair.condition.decided ? Step.DRAINING : Step.CLOSED;
    }

    int poll(final long nowNs) {
        if (step == Step.DRAINING && !pair.condition.holding) {
            flush();
            return 1;
        }
        if (step == Step.RETIRING && pair.store.isIdle()) {
            record();
            return 1;
        }
        return 0;
    }

    private void flush() {
        both = pair.condition.usesTarget();
        epoch = pair.store.intent().flushBegan();
        final boolean possible = pair.condition.disk && (!both || pair.condition.attached && !pair.syncing.isRunning());
        if (!possible) {
            step = Step.CLOSED;
            return;
        }
        step = pair.flush(both, this::onFlushed) ? Step.FLUSHING : step;
    }

    private void onFlushed(final Status status) {
        if (status == Status.OK) {
            if (both) {
                pair.store.intent().flushed(epoch);
                pair.store.intent().retireAll();
            }
            pair.store.saveTracks(0, pair.size(), saved -> { });
            pair.store.saveIntent(saved -> { });
            step = Step.RETIRING;
        } else {
            step = Step.CLOSED;
        }
    }

    private void record() {
        step = Step.RECORDING;
        pair.store.change(side -> side.serving = false, status -> step = Step.CLOSED);
    }
}
