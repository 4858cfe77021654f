package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.Superblock;

/** Sever and re-establish, by command. */
final class Severance {
    private final Pair pair;
    private CommandListener waiting;
    private boolean draining;

    Severance(final Pair pair) {
        this.pair = pair;
    }

    /** Clients wait while both sides are flushed, so that the severed copy is one of a single moment. */
    void sever(final CommandListener listener) {
        final PairCondition condition = pair.condition;
        if (!condition.isPrimary()) {
            refuse(listener, PairRule.PRIMARY_SEVERS, "this side is redundant");
        } else if (!condition.target) {
            refuse(listener, PairRule.SEVERED_ALREADY, "the pair is severed already");
        } else if (!condition.decided) {
            refuse(listener, PairRule.SEVER_UNDECIDED,
                "this side has not met the other one since its start, and may lack what that one has");
        } else if (!pair.divergence.mayGoAlone()) {
            refuseOnlyCopy(listener);
        } else if (condition.holding || waiting != null) {
            refuse(listener, PairRule.SEVER_LATER, "another change of the pair is under way");
        } else if (pair.syncing.isRunning()) {
            refuse(listener, PairRule.SEVER_RESYNC, "a resync is running");
        } else {
            waiting = listener;
            condition.holding = true;
            draining = true;
        }
    }

    private void refuseOnlyCopy(final CommandListener listener) {
        refuse(listener, PairRule.SEVER_ONLY_COPY, "this node's disk has failed, and the peer's copy is the only one");
    }

    /** Waits for what clients have on its way; if that waits for a target that is lost, the target is left behind. */
    boolean isDraining() {
        return draining;
    }

    int poll() {
        // While answers wait, no session takes the pair: what waits for one would wait for ever.
        if (draining && (pair.volume().changing() == 0 || !pair.condition.attached)) {
            draining = false;
            onDrained();
            return 1;
        }
        return 0;
    }

    private void onDrained() {
        if (!pair.condition.target) {
            becomeCommanded();
            return;
        }

        if (!pair.condition.attached || !pair.volume().flushBoth(this::onFlushed, 0)) {
            onFlushed(0, Status.PEER_LOST);
        }
    }

    private void onFlushed(final long tag, final Status status) {
        if (pair.divergence.isRunning()) {
            // The flush failed, and that has consequences of its own.
            final CommandListener listener = waiting;
            waiting = null;
            refuse(listener, PairRule.SEVER_FLUSHED, "the disks could not be flushed: " + status);
        } else if (!pair.divergence.mayGoAlone()) {
            // It failed while clients were drained.
            pair.condition.holding = false;
            final CommandListener listener = waiting;
            waiting = null;
            pair.volume().resume();
            refuseOnlyCopy(listener);
        } else if (status == Status.OK) {
            pair.order(Order.BE_SEVERED, Generations.current(pair.condition.durable()), 0, this::onTold);
        } else {
            onTold(status);
        }
    }

    /** The peer was lost while clients were drained: now it is also a person's will. */
    private void becomeCommanded() {
        pair.condition.holding = false;
        final CommandListener listener = waiting;
        waiting = null;
        pair.store.change(side -> side.severedBy = SeveredBy.COMMAND, status -> {
            pair.volume().resume();
            listener.onResult(status == Status.OK
                ? CommandResult.done("severed; the peer was lost before it could be told")
                : pair.refused(PairRule.SEVER_RECORDED, "its metadata could not be written: " + status));
        });
    }

    /** Whether or not the other side could be told: this one goes on alone. */
    private void onTold(final Status status) {
        pair.condition.holding = false;
        final CommandListener listener = waiting;
        waiting = null;
        pair.divergence.leaveTarget(SeveredBy.COMMAND,
            status == Status.OK ? SideState.CONSISTENT : SideState.OUTDATED, "severed by command", listener);
    }

    void reestablish(final Keep keep, final CommandListener listener) {
        final PairCondition condition = pair.condition;
        if (!condition.isPrimary()) {
            refuse(listener, PairRule.PRIMARY_REESTABLISHES, "this side is redundant");
        } else if (condition.foreignDisk) {
            listener.onResult(PairControl.foreignDisk(pair));
        } else if (keep != Keep.NONE) {
            pair.choice.keep(keep, listener);
        } else if (condition.target && condition.durable().severedBy == SeveredBy.NONE) {
            refuse(listener, PairRule.NOT_SEVERED, "the pair is not severed");
        } else {
            allow(listener);
        }
    }

    /** The next handshake may heal the pair; its outcome is the answer. */
    void allow(final CommandListener listener) {
        final boolean commanded = pair.condition.durable().severedBy == SeveredBy.COMMAND;
        pair.store.change(side -> side.severedBy = SeveredBy.RETRIES, status -> {
            if (status != Status.OK) {
                refuse(listener, PairRule.REESTABLISH_RECORDED, "its metadata could not be written: " + status);
                return;
            }
            pair.attachment.askNow();
            pair.attachment.tell(commanded ? result -> answerSevered(result, listener) : listener);
        });
    }

    /** What the other side's state forbids leaves the pair as it was: only a command heals it. */
    private void answerSevered(final CommandResult result, final CommandListener listener) {
        if (result.done() || !pair.attachment.isSessionOpen()) {
            listener.onResult(result);
        } else {
            pair.store.change(side -> side.severedBy = SeveredBy.COMMAND, status -> listener.onResult(result));
        }
    }

    private void refuse(final CommandListener listener, final Rule rule, final String what) {
        listener.onResult(pair.refused(rule, what));
    }
}
