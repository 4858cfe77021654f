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
            Severance.refuse(listener, "the pair is " + state, "only of two sides that went apart one is given up",
                "pair status " + pair.name());
        } else if (open || pair.condition.holding || pair.attachment.isAsking()) {
            Severance.refuse(listener, "another change of the pair is under way", "one change at a time",
                "the same command, a moment later");
        } else if (!pair.attachment.isSessionOpen()) {
            Severance.refuse(listener, "the peer does not answer", "both sides must be there",
                "the same command, when it is back");
        } else {
            return false;
        }
        return true;
    }

    /** @return whether that was refused. */
    private boolean isNotWhole(final SideState kept, final CommandListener listener) {
        final boolean broken = kept == SideState.INCONSISTENT || kept == SideState.FAILED;
        if (broken) {
            Severance.refuse(listener, "the side to keep is " + kept, "a side without whole data is not kept",
                "pair reestablish " + pair.name());
        }
        return broken;
    }

    private void keepLocal(final CommandListener listener) {
        if (isNotWhole(pair.condition.durable().sideState, listener)) {
            return;
        }
        begin();
        pair.attachment.look((status, theirs) -> {
            if (status == Status.OK) {
                orderToGiveUp(listener);
            } else {
                end();
                notSeen(status, listener);
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
            Severance.refuse(listener, "the peer answered " + status, "a side that clients use is not given up",
                "detach the clients of the other side");
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
            Severance.refuse(listener, pair.condition.clients + " clients are attached",
                "a side that clients use is not given up", "detach them first");
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
                notSeen(status, listener);
            } else if (!isInUse(listener) && !isNotWhole(theirs.sideState, listener)) {
                // Clients may have come while the peer was asked.
                giveUp(listener);
            }
        });
    }

    private static void notSeen(final Status status, final CommandListener listener) {
        Severance.refuse(listener, "the peer answered " + status, "one side is left that is whole",
            "the same command, a moment later");
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
            Severance.refuse(listener, "its metadata could not be written: " + status, "a choice is durable", null);
        }
    }
}
