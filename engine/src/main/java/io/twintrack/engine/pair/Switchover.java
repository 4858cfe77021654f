package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.Superblock;

/** Which side is the primary: promote, demote, and stepping down before newer data. */
final class Switchover {
    private final Pair pair;
    private CommandListener demoting;
    private boolean flushing;
    private boolean inStep;
    private boolean wasDecided;
    private boolean promoting;
    private long epoch;

    Switchover(final Pair pair) {
        this.pair = pair;
    }

    void promote(final boolean force, final CommandListener listener) {
        final CommandResult refusal = promotionRefusal(force);
        if (refusal != null) {
            listener.onResult(refusal);
            return;
        }
        if (pair.condition.isPrimary()) {
            serveAlone(listener);
            return;
        }
        final boolean inGoodOrder = pair.condition.released;
        promoting = true;
        pair.role.onSessionEnded();
        pair.store.change(side -> recordPromotion(side, inGoodOrder), status ->
            promoted(status, inGoodOrder, listener));
    }

    private CommandResult promotionRefusal(final boolean force) {
        final SideState side = pair.condition.durable().sideState;
        if (pair.condition.isPrimary() && pair.condition.decided) {
            return pair.refused(PairRule.PROMOTED_ALREADY, "this side is the primary already");
        }
        if (pair.condition.isDiskFailed()) {
            return pair.refused(Refusal.OWN_DISK_FAILED, "this side is " + SideState.FAILED);
        }
        if (side == SideState.INCONSISTENT) {
            return pair.refused(PairRule.PROMOTE_WHOLE, "this side is " + side);
        }
        if (pair.condition.foreignDisk) {
            return PairControl.foreignDisk(pair);
        }
        if (promoting || pair.choice.isOpen() || pair.attachment.isAsking() || pair.role.isRecording()) {
            return pair.refused(PairRule.PROMOTE_LATER, "another change of the pair is under way");
        }
        if (pair.redundantBusy()) {
            return pair.refused(PairRule.PROMOTE_WRITTEN, "what the primary asked is still on its way to disk");
        }
        if (pair.condition.following) {
            return pair.refused(PairRule.PROMOTE_FOLLOWING, "the primary is attached");
        }
        if (!force && !pair.condition.released) {
            return pair.refused(PairRule.PROMOTE_CUT_OFF, "the other side may have newer data");
        }
        return null;
    }

    private void recordPromotion(final Superblock side, final boolean inGoodOrder) {
        side.role = Role.PRIMARY;
        side.serving = true;
        side.sideState = pair.condition.upToDate();
        if (!inGoodOrder) {
            Generations.goOn(side, pair.random);
            side.peerSideState = SideState.OUTDATED;
            side.severedBy = SeveredBy.RETRIES;
        } else {
            side.severedBy = SeveredBy.NONE;
        }
    }

    private void promoted(final Status status, final boolean inGoodOrder, final CommandListener listener) {
        promoting = false;
        if (status != Status.OK) {
            listener.onResult(
                pair.refused(PairRule.PROMOTE_RECORDED, "its metadata could not be written: " + status));
            return;
        }
        pair.condition.released = false;
        pair.condition.decided = true;
        pair.condition.target = inGoodOrder;
        pair.attachment.onDetached(pair.nowNs);
        pair.condition.state(inGoodOrder ? PairState.CONNECTING : PairState.SEVERED, pair.nowNs, "promoted by command");
        pair.attachment.askNow();
        listener.onResult(CommandResult.done("this side is the primary now"));
    }

    /** A primary that waits for its peer after a start is told by a person to go on without. */
    private void serveAlone(final CommandListener listener) {
        pair.store.change(side -> side.serving = true, status -> {
            pair.condition.decided = status == Status.OK;
            if (status != Status.OK) {
                listener.onResult(
                    pair.refused(PairRule.PROMOTE_RECORDED, "its metadata could not be written: " + status));
            } else if (pair.condition.target) {
                pair.divergence.leaveTarget(SeveredBy.RETRIES, SideState.OUTDATED, "promoted by command", listener);
            } else {
                listener.onResult(CommandResult.done("this side serves alone"));
            }
        });
    }

    void demote(final CommandListener listener) {
        if (!pair.condition.isPrimary()) {
            listener.onResult(pair.refused(PairRule.PRIMARY_DEMOTES, "this side is redundant already"));
        } else if (demoting != null || pair.condition.holding) {
            listener.onResult(pair.refused(PairRule.DEMOTE_LATER, "another change of the pair is under way"));
        } else if (pair.condition.clients > 0) {
            listener.onResult(inUse());
        } else {
            demoting = listener;
        }
    }

    private CommandResult inUse() {
        return pair.refused(PairRule.DEMOTE_UNUSED, pair.condition.clients + " clients are attached");
    }

    /** A promotion is on its way to the record: no primary is answered meanwhile. */
    boolean isPromoting() {
        return promoting;
    }

    boolean isDemoting() {
        return demoting != null;
    }

    /** Waits for what clients left behind, for a divergence that it may need, and for the end of a handshake. */
    int poll() {
        if (demoting != null && !flushing && pair.condition.clients > 0) {
            // One came while the demotion waited for what an earlier one had left.
            answer(inUse());
            return 1;
        }
        if (demoting == null || flushing || pair.volume().counts().open() > 0 || pair.divergence.isRunning()
            || pair.attachment.isAsking()) {
            return 0;
        }
        flushing = true;
        pair.condition.holding = true;
        wasDecided = pair.condition.decided;
        pair.condition.decided = false;
        inStep = pair.condition.attached && pair.condition.state() == PairState.UP_TO_DATE;
        epoch = pair.store.intent().flushBegan();
        if (!pair.flush(pair.condition.attached, this::onFlushed)) {
            onFlushed(Status.BUSY);
        }
        return 1;
    }

    /** What only a cache holds must not be left behind by a side that gives up its role. */
    private void onFlushed(final Status status) {
        if (status != Status.OK) {
            endDemotion();
            pair.condition.decided = wasDecided;
            pair.volume().resume();
            answer(pair.refused(PairRule.DEMOTE_FLUSHED, "the disks could not be flushed: " + status));
            return;
        }
        if (inStep) {
            pair.store.intent().flushed(epoch);
            pair.store.intent().retireAll();
        }
        pair.store.saveIntent(saved -> pair.store.change(this::recordDemotion, this::onDemoted));
    }

    /**
     * The other side hears of it only now that the record is durable: released before, it could be promoted, and this
     * side come back as a primary of the same generation.
     */
    private void onDemoted(final Status status) {
        final boolean released = status == Status.OK && inStep && pair.condition.attached;
        if (released) {
            pair.order(Order.BE_RELEASED, Generations.current(pair.condition.durable()), 0, ignored -> gaveUp(status));
        } else {
            gaveUp(status);
        }
    }

    private void gaveUp(final Status status) {
        endDemotion();
        pair.detach();
        roleGone(status, "demoted by command", this::answer);
    }

    private void endDemotion() {
        flushing = false;
        pair.condition.holding = false;
    }

    private void answer(final CommandResult result) {
        final CommandListener listener = demoting;
        demoting = null;
        listener.onResult(result);
    }

    /** The other side went on from this side's data, and nobody used these since. */
    void stepDown(final String why, final CommandListener listener) {
        pair.condition.decided = false;
        pair.condition.holding = true;
        pair.detach();
        pair.store.change(this::recordDemotion, status -> roleGone(status, why, listener));
    }

    private void roleGone(final Status status, final String why, final CommandListener listener) {
        pair.condition.holding = false;
        pair.volume().resume();
        if (status == Status.OK) {
            pair.condition.target = true;
            pair.condition.state(PairState.CONNECTING, pair.nowNs, why);
            listener.onResult(CommandResult.done("this side is redundant now"));
        } else {
            listener.onResult(
                pair.refused(PairRule.DEMOTE_RECORDED, "its metadata could not be written: " + status));
        }
    }

    private void recordDemotion(final Superblock side) {
        side.role = Role.REDUNDANT;
        side.severedBy = side.severedBy == SeveredBy.COMMAND ? SeveredBy.COMMAND : SeveredBy.NONE;
        // A crash before left marks that only the next handshake may drop: the mark stays with them.
        side.serving = pair.condition.crashed;
    }
}
