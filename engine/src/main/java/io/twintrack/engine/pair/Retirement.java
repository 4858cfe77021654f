package io.twintrack.engine.pair;

import io.twintrack.engine.Status;

/**
 * Flushes the data disks when many regions are active, so that their intent marks can be dropped: both sides' while the
 * target takes part, this one's while it does not.
 */
final class Retirement {
    private final Pair pair;
    private long epoch;
    /** What the flush is of: a side that was alone when it began may have met the other one when it ends. */
    private boolean both;
    private boolean running;

    Retirement(final Pair pair) {
        this.pair = pair;
    }

    int poll(final long nowNs) {
        return !running && pair.condition.isPrimary() && pair.store.intent().wantsRetirement() && begin() ? 1 : 0;
    }

    private boolean begin() {
        both = pair.condition.usesTarget();
        if (pair.condition.holding) {
            return false;
        }
        if (!pair.condition.disk || pair.condition.lostDisk) {
            return retireUnflushed();
        }
        if (both && !pair.condition.attached) {
            return false;
        }
        epoch = pair.store.intent().flushBegan();
        running = pair.flush(both, this::onFlushed);
        return running;
    }

    /**
     * What is marked on a disk that has failed matters to nobody: it is replaced and filled whole. But not before the
     * record says that it has failed: a node that is started anew in between would go by its marks.
     */
    private boolean retireUnflushed() {
        final boolean recorded = pair.condition.durable().sideState == SideState.FAILED;
        if (recorded) {
            pair.store.intent().flushed(pair.store.intent().flushBegan());
        }
        return recorded;
    }

    private void onFlushed(final Status status) {
        if (status != Status.OK || both != pair.condition.usesTarget()) {
            running = false;
            return;
        }
        if (!both) {
            // The peer never flushed what it got before it was left behind, and nobody will know it by these marks.
            pair.store.intent().markAllInto(pair.store.tracks());
        }
        if (pair.store.tracks().count() > 0) {
            pair.store.saveTracks(0, pair.size(), this::onSaved);
        } else {
            onSaved(Status.OK);
        }
    }

    /** An intent mark is dropped only when the tracks that changed under it are marked durably. */
    private void onSaved(final Status status) {
        running = false;
        if (status == Status.OK) {
            pair.store.intent().flushed(epoch);
        }
    }
}
