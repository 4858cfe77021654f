package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.pair.PairEvent.Kind;

/**
 * One side goes on alone: no answer goes out before a durable record on the side that goes on says that the two
 * differ. The steps are drawn in docs/GUARANTEES.md, "First divergence" and "The primary's disk fails".
 */
final class Divergence implements PairCondition.Consequences {
    private final Pair pair;
    private SeveredBy severedBy = SeveredBy.NONE;
    private SideState peerSide = SideState.OUTDATED;
    private String reason = "";
    private CommandListener command;
    private boolean running;
    private boolean toldOfErrors;
    private boolean fenceFailed;
    private Status failedWhileAway = Status.OK;
    private long failedOffset;

    Divergence(final Pair pair) {
        this.pair = pair;
    }

    boolean isRunning() {
        return running;
    }

    /** This side would go on alone, and may not. */
    boolean isFenceFailed() {
        return fenceFailed;
    }

    /** This node's disk did not take some bytes, and not everything was compared since. */
    boolean isShortOfBytes() {
        return toldOfErrors;
    }

    /** All bytes of both sides are equal again. */
    void onResynced() {
        toldOfErrors = false;
    }

    /** The target is left behind. A running divergence goes on, for its first reason. */
    void leaveTarget(
        final SeveredBy by, final SideState peerSideState, final String why, final CommandListener listener) {
        if (!mayGoAlone()) {
            stayBehind(why, listener);
            return;
        }
        if (isRunning() || !pair.condition.target) {
            if (listener != null) {
                listener.onResult(pair.refused(PairRule.SEVERED_ALREADY, "the pair is severed already"));
            }
            return;
        }
        severedBy = by;
        peerSide = peerSideState;
        reason = why;
        command = listener;
        running = true;
        pair.condition.holding = true;
        pair.attachment.overtake();
        if (!pair.condition.attached) {
            pair.volume().abandonTarget();
        }
        if (listener != null) {
            // A person has seen to it that the other side does not serve.
            onFenced(true, why);
        } else {
            pair.fence.fence(pair.name(), this::onFenced);
        }
    }

    /** What waits for the only copy ends with an error. */
    private void stayBehind(final String why, final CommandListener listener) {
        if (!pair.condition.attached) {
            pair.volume().abandonTarget();
        }
        if (!pair.condition.holding) {
            pair.volume().resume();
        }
        if (listener != null) {
            listener.onResult(pair.refused(PairRule.SEVER_ONLY_COPY, why + ", and this node's disk has failed"));
        }
    }

    private void onFenced(final boolean fenced, final String how) {
        if (!fenced) {
            onFenceFailed("the fence did not hold: " + how);
            return;
        }
        if (!pair.volume().flushHere(this::onFlushed, 0)) {
            onFlushFailed(Status.BUSY);
        }
    }

    private void onFenceFailed(final String why) {
        fenceFailed = true;
        pair.event(Kind.FENCE_FAILED, why, "the volume takes no changes while the peer is away",
            "mend the program of \"fence\", which runs again for the next change; or make sure that the other side "
                + "serves no clients, then: twintrack pair sever " + pair.name());
        failed(PairRule.ALONE_FENCED, why);
    }

    private void onFlushFailed(final Status status) {
        final String why = "its disk could not be flushed: " + status;
        if (!pair.condition.lostDisk) {
            pair.event(Kind.FLUSH_FAILED, why, "the volume takes no changes while the peer is away",
                "bring the peer back, or replace the disk");
        }
        failed(PairRule.ALONE_FLUSHED, why);
    }

    /**
     * From the record on this side's data win. So what was acknowledged while both sides had it must not lie in this
     * side's cache alone: a loss of power would take it from both.
     */
    private void onFlushed(final long tag, final Status status) {
        if (status == Status.OK) {
            pair.store.change(this::record, this::onRecorded);
        } else {
            onFlushFailed(status);
        }
    }

    private void record(final Superblock side) {
        Generations.goOn(side, pair.random);
        side.severedBy = severedBy;
        // What is not whole does not become so by being left behind.
        side.peerSideState = side.peerSideState == SideState.INCONSISTENT ? SideState.INCONSISTENT : peerSide;
    }

    private void onRecorded(final Status status) {
        if (status != Status.OK) {
            onRecordFailed("its metadata could not be written: " + status);
            return;
        }
        running = false;
        fenceFailed = false;
        failedWhileAway = Status.OK;
        pair.condition.target = false;
        pair.condition.holding = false;
        // No other session will carry what waits. In this one the target may have kept a part of a request and refused
        // the rest, as it does from the moment that its disk fails: that is never answered.
        pair.volume().abandonTarget();
        pair.detach();
        final long awaySinceNs =
            pair.condition.state() == PairState.CONNECTING ? pair.condition.sinceNs() : pair.nowNs;
        pair.condition.state(PairState.SEVERED, pair.nowNs, reason);
        pair.event(Kind.SEVERED, awaySinceNs, reason, "new data are on this side alone",
            severedBy == SeveredBy.RETRIES ? "bring the peer back: the pair heals by itself"
                : "twintrack pair reestablish " + pair.name());
        pair.volume().resume();
        answer(CommandResult.done("severed; this side goes on alone"));
    }

    private void onRecordFailed(final String why) {
        pair.event(Kind.METADATA_FAILED, why, "the volume takes no changes",
            "mend the metadata disk, start the node anew");
        failed(PairRule.SEVER_RECORDED, why);
    }

    /** What waits is answered with an error: guarantee 5 comes before 15. */
    private void failed(final Rule rule, final String why) {
        running = false;
        pair.condition.holding = false;
        pair.condition.state(PairState.SEVERED, pair.nowNs, reason + ", and " + why + "; changes are refused");
        pair.volume().resume();
        answer(pair.refused(rule, why));
    }

    private void answer(final CommandResult result) {
        if (command != null) {
            final CommandListener listener = command;
            command = null;
            listener.onResult(result);
        }
    }

    @Override
    public void onTargetFailed(final Status status, final long offset) {
        final boolean diskError = status == Status.IO_ERROR || status == Status.NO_SPACE || status == Status.READ_ONLY
            || status == Status.DEVICE_GONE || status == Status.TIMED_OUT;
        leaveTarget(SeveredBy.ERROR, diskError ? SideState.FAILED : SideState.OUTDATED,
            "the redundant side answered " + status + " at byte " + offset, null);
    }

    /** The target goes on alone if it has everything; else this disk's errors are the clients'. */
    @Override
    public void onDiskFailed(final Status status, final long offset, final boolean flush) {
        if (!mayGoAlone() || !pair.condition.isPrimary()) {
            return;
        }
        final boolean targetHasAll = pair.condition.state() == PairState.UP_TO_DATE && pair.condition.attached;
        if (!running && targetHasAll) {
            letTargetGoOn(status, offset);
        } else if (flush) {
            loseDisk("a flush of this node's disk ended with " + status);
        } else {
            onBytesNotWritten(status, offset);
        }
    }

    /** Without the target this is the client's error; but the request may still wait for the target, and reach it. */
    private void onBytesNotWritten(final Status status, final long offset) {
        if (pair.condition.target && !pair.condition.attached) {
            failedWhileAway = status;
            failedOffset = offset;
        }
        if (!toldOfErrors) {
            toldOfErrors = true;
            pair.event(Kind.DISK_FAILED, failure(status, offset), "these bytes were not written", "replace the disk");
        }
    }

    /** The target has everything again, and what this disk did not take is on its way there. */
    void onInStep() {
        fenceFailed = false;
        final Status status = failedWhileAway;
        failedWhileAway = Status.OK;
        if (status != Status.OK && !running && mayGoAlone()) {
            letTargetGoOn(status, failedOffset);
        }
    }

    private static String failure(final Status status, final long offset) {
        return "this node's disk answered " + status + " at byte " + offset;
    }

    private void letTargetGoOn(final Status status, final long offset) {
        reason = failure(status, offset);
        running = true;
        pair.condition.holding = true;
        pair.attachment.overtake();
        pair.event(Kind.DISK_FAILED, reason, "one copy is left, on the peer",
            "replace the disk, start the node anew, then: twintrack pair accept-disk " + pair.name());
        pair.aloneGeneration = Generations.draw(pair.random);
        pair.order(Order.GO_ALONE, pair.aloneGeneration, 0, this::onTargetAlone);
    }

    /** A disk that failed a flush is never trusted again: guarantee 14. */
    private void loseDisk(final String why) {
        pair.condition.lostDisk = true;
        pair.attachment.overtake();
        if (pair.syncing.isRunning()) {
            // A failed disk is not copied from, and the peer stays Inconsistent.
            pair.detach();
        }
        pair.condition.state(pair.condition.state(), pair.nowNs, why + "; changes are refused");
        pair.event(Kind.FLUSH_FAILED, why, "nothing can be written, and what was not flushed may be gone",
            "replace the disk, start the node anew, then: twintrack pair accept-disk " + pair.name());
        pair.store.change(side -> side.sideState = SideState.FAILED, ignored -> { });
    }

    /** With a disk that failed, or without one, there is nothing that could go on here. */
    boolean mayGoAlone() {
        return pair.condition.disk && !pair.condition.isDiskFailed();
    }

    private void onTargetAlone(final Status status) {
        if (status != Status.OK) {
            // Perhaps it recorded that it goes alone, so this side must not.
            loseDisk(reason + ", and the peer answered " + status);
            onDiskRecorded(status);
            return;
        }
        pair.condition.disk = false;
        pair.condition.state(PairState.UP_TO_DATE, pair.nowNs, reason + "; the peer's copy serves");
        // The target's record holds whether or not this one can be written.
        pair.store.change(side -> side.sideState = SideState.FAILED, this::onDiskRecorded);
    }

    private void onDiskRecorded(final Status status) {
        running = false;
        pair.condition.holding = false;
        pair.volume().resume();
    }
}
