package io.twintrack.engine.pair;

import io.twintrack.engine.Status;

/**
 * The end of a pair for good, by command: the peer is told where it is there, what is on its way ends, and then nothing
 * here uses the volume or the record any more. The volume's bytes stay as they are.
 */
final class Removal {
    private enum Step {
        NONE, DRAINING, TELLING, SETTLING, GONE
    }

    private final Pair pair;
    private Step step = Step.NONE;
    private CommandListener waiting;
    private Runnable unlink;
    private boolean told;

    Removal(final Pair pair) {
        this.pair = pair;
    }

    /**
     * @param byPeer   the other side deletes the pair.
     * @param release  takes the pair out of the HBA.
     * @param listener hears when nothing uses the volume any more.
     */
    void begin(final boolean byPeer, final Runnable release, final CommandListener listener) {
        final CommandResult refusal = refusal(byPeer);
        if (refusal != null) {
            listener.onResult(refusal);
            return;
        }
        waiting = listener;
        unlink = release;
        told = byPeer;
        pair.stop();
        step = Step.DRAINING;
    }

    private CommandResult refusal(final boolean byPeer) {
        final PairCondition now = pair.condition;
        if (step != Step.NONE) {
            return pair.refused(PairRule.DELETED_ALREADY, "the pair is being deleted");
        }
        if (now.clients > 0) {
            return pair.refused(PairRule.DELETE_UNUSED, now.clients + " clients are attached");
        }
        if (!byPeer && !now.isPrimary() && now.following) {
            return pair.refused(PairRule.PRIMARY_DELETES, "this side is redundant, and the primary is attached");
        }
        return null;
    }

    int poll() {
        if (step == Step.DRAINING && pair.volume().changing() == 0 && !pair.condition.holding) {
            tell();
            return 1;
        }
        if (step == Step.SETTLING && isQuiet()) {
            end();
            return 1;
        }
        return 0;
    }

    private void tell() {
        if (!told && pair.condition.isPrimary() && pair.condition.attached) {
            step = Step.TELLING;
            pair.order(Order.FORGET, Generation.NONE, 0, this::onTold);
        } else {
            settle();
        }
    }

    private void onTold(final Status status) {
        told = status == Status.OK;
        settle();
    }

    private void settle() {
        step = Step.SETTLING;
        pair.detach();
    }

    private boolean isQuiet() {
        return pair.store.isIdle() && pair.volume().isQuiet() && !pair.redundantBusy();
    }

    private void end() {
        step = Step.GONE;
        unlink.run();
        waiting.onResult(CommandResult.done("pair " + pair.name() + (told ? " is deleted on both sides"
            : " is deleted here; where its other side is left: twintrack pair delete " + pair.name() + ", there")));
    }
}
