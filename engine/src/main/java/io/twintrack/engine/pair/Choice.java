package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.Superblock;

/**
 * Of two sides that went apart a person keeps one: {@code pair reestablish --keep local|peer}. The other one's changes
 * are given up.
 *
 * <p>Both sides must never be given up, also when two persons choose at once. Whoever chooses says so here before it
 * asks the other side, and a side that chooses refuses to be asked: of two choices that cross, at least one finds the
 * other one open.
 */
final class Choice {
    private final Pair pair;
    private boolean open;

    Choice(final Pair pair) {
        this.pair = pair;
    }

    /** One side is being given up, and it is not durable yet which. */
    boolean isOpen() {
        return open;
    }

    void begin() {
        open = true;
    }

    void end() {
        open = false;
    }

    void keep(final Keep keep, final CommandListener listener) {
        if (isNothingToGiveUp(listener)) {
            return;
        }
        if (keep == Keep.LOCAL) {
            keepLocal(listener);
        } else {
            keepPeer(listener);
        }
    }

    private boolean isNothingToGiveUp(final CommandListener listener) {
        final PairState state = pair.condition.state();
        if (state != PairState.SEVERED && state != PairState.DIVERGED || pair.condition.attached) {
            refuse(listener, PairRule.KEEP_APART, "the pair is " + state);
        } else if (open || pair.condition.holding || pair.attachment.isAsking()) {
            refuse(listener, PairRule.KEEP_LATER, "another change of the pair is under way");
        } else if (!pair.attachment.isSessionOpen()) {
            refuse(listener, PairRule.KEEP_BOTH_THERE, "the peer does not answer");
        } else {
            return false;
        }
        return true;
    }

    /** @return whether that was refused. */
    private boolean isNotWhole(final SideState kept, final Rule rule, final CommandListener listener) {
        final boolean broken = kept == SideState.INCONSISTENT || kept == SideState.FAILED;
        if (broken) {
            refuse(listener, rule, "the side to keep is " + kept);
        }
        return broken;
    }

    private void keepLocal(final CommandListener listener) {
        if (isNotWhole(pair.condition.durable().sideState, PairRule.KEEP_LOCAL_WHOLE, listener)) {
            return;
        }
        begin();
        pair.attachment.look((status, theirs) -> {
            if (status == Status.OK) {
                orderToGiveUp(listener);
            } else {
                end();
                notAnswered(status, PairRule.KEEP_LATER, listener);
            }
        });
    }

    private void orderToGiveUp(final CommandListener listener) {
        final Superblock durable = pair.condition.durable();
        final Generation common = countedFrom(Generations.base(durable), Generations.current(durable));
        pair.order(Order.GIVE_UP, common, 0, status -> onOrdered(status, listener));
    }

    private void onOrdered(final Status status, final CommandListener listener) {
        end();
        if (status == Status.OK) {
            pair.severance.allow(listener);
        } else {
            notAnswered(status, PairRule.KEEP_LOCAL_UNUSED, listener);
        }
    }

    /** What the marks of a side count from. */
    static Generation countedFrom(final Generation base, final Generation current) {
        return base.isNone() ? current : base;
    }

    /** @return whether that was refused. */
    private boolean isInUse(final CommandListener listener) {
        final boolean inUse = pair.condition.clients > 0;
        if (inUse) {
            refuse(listener, PairRule.KEEP_PEER_UNUSED, pair.condition.clients + " clients are attached");
        }
        return inUse;
    }

    private void keepPeer(final CommandListener listener) {
        if (isInUse(listener)) {
            return;
        }
        begin();
        pair.attachment.look((status, theirs) -> {
            end();
            if (status != Status.OK) {
                notAnswered(status, PairRule.KEEP_LATER, listener);
            } else if (!isInUse(listener) && !isNotWhole(theirs.sideState, PairRule.KEEP_PEER_WHOLE, listener)) {
                // Clients may have come while the peer was asked.
                giveUp(listener);
            }
        });
    }

    /** @param later what is allowed where the same command may help again. */
    private void notAnswered(final Status status, final Rule later, final CommandListener listener) {
        if (status == Status.PEER_LOST) {
            refuse(listener, PairRule.KEEP_BOTH_THERE, "the peer was lost before it answered");
        } else {
            refuse(listener, PeerAnswer.rule(status, later), "the peer answered " + status);
        }
    }

    private void refuse(final CommandListener listener, final Rule rule, final String what) {
        listener.onResult(pair.refused(rule, what));
    }

    private void giveUp(final CommandListener listener) {
        begin();
        pair.condition.decided = false;
        pair.condition.holding = true;
        pair.detach();
        final Generation common = pair.attachment.commonWithPeer();
        pair.store.change(side -> RedundantRole.recordGiveUp(side, common), status -> onGivenUp(status, listener));
    }

    private void onGivenUp(final Status status, final CommandListener listener) {
        end();
        pair.condition.holding = false;
        pair.condition.target = true;
        pair.volume().resume();
        if (status == Status.OK) {
            pair.condition.state(PairState.CONNECTING, pair.nowNs, "a person keeps the other side's data");
            listener.onResult(CommandResult.done("this side's own changes are given up; it waits for the primary"));
        } else {
            refuse(listener, PairRule.KEEP_RECORDED, "its metadata could not be written: " + status);
        }
    }
}
