package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.Superblock;

/** What a person may ask of a pair; see {@link PairCommands}. */
final class PairControl implements PairCommands {
    private final Pair pair;

    PairControl(final Pair pair) {
        this.pair = pair;
    }

    @Override
    public PairStatus status(final long nowNs) {
        return pair.views.status();
    }

    @Override
    public void sever(final CommandListener listener) {
        pair.severance.sever(listener);
    }

    @Override
    public void reestablish(final Keep keep, final CommandListener listener) {
        pair.severance.reestablish(keep, listener);
    }

    @Override
    public void promote(final boolean force, final CommandListener listener) {
        pair.switchover.promote(force, listener);
    }

    @Override
    public void demote(final CommandListener listener) {
        pair.switchover.demote(listener);
    }

    @Override
    public void resize(final long newSize, final CommandListener listener) {
        pair.resizing.begin(newSize, listener);
    }

    @Override
    public void verify(final CommandListener listener) {
        if (mayCompare(listener)) {
            pair.verify.begin(pair.nowNs);
            listener.onResult(CommandResult.done("verify has begun; twintrack pair status " + pair.name()
                + " tells how far it is"));
        }
    }

    @Override
    public void repair(final Role from, final CommandListener listener) {
        if (mayCompare(listener)) {
            pair.verify.repairFrom(from, pair.nowNs);
            listener.onResult(CommandResult.done("the ranges that differ are copied from the " + from + " side"));
        }
    }

    private boolean mayCompare(final CommandListener listener) {
        final Rule kept = comparisonRule();
        if (kept != null) {
            listener.onResult(pair.refused(kept, kept == PairRule.VERIFY_RUNNING ? "a verify is running"
                : "the pair is " + pair.condition.state() + ", this side " + pair.condition.durable().role + ", "
                    + pair.condition.side()));
        }
        return kept == null;
    }

    /** @return that a comparison would break now, or {@code null}. */
    private Rule comparisonRule() {
        final PairCondition now = pair.condition;
        if (!now.isPrimary()) {
            return PairRule.PRIMARY_VERIFIES;
        }
        if (pair.store.isFailed()) {
            return PairRule.VERIFY_RECORDED;
        }
        if (!now.disk || now.isDiskFailed()) {
            return PairRule.VERIFY_DISK;
        }
        if (!now.attached || now.state() != PairState.UP_TO_DATE) {
            return now.apartRule(PairRule.VERIFY_SEVERED, PairRule.VERIFY_DIVERGED, PairRule.VERIFY_IN_STEP);
        }
        return pair.verify.isRunning() ? PairRule.VERIFY_RUNNING : null;
    }

    @Override
    public void acceptDisk(final CommandListener listener) {
        if (isInUse()) {
            listener.onResult(pair.refused(PairRule.DISK_IN_USE, "this side is in use"));
            return;
        }
        if (isChanging()) {
            listener.onResult(pair.refused(PairRule.DISK_LATER, "another change of the pair is under way"));
            return;
        }
        pair.attachment.overtake();
        // Until the record is durable, nothing that the old record says is true of this disk.
        pair.condition.foreignDisk = true;
        pair.store.change(this::recordNewDisk, status -> {
            pair.condition.decided = false;
            pair.condition.disk = true;
            pair.condition.foreignDisk = status != Status.OK;
            pair.attachment.askNow();
            listener.onResult(status == Status.OK ? CommandResult.done("this side's disk is filled from the peer")
                : pair.refused(PairRule.DISK_RECORDED, "its metadata could not be written: " + status));
        });
    }

    private boolean isInUse() {
        final PairCondition now = pair.condition;
        return now.decided && !now.foreignDisk || now.attached || now.following || now.clients > 0;
    }

    private boolean isChanging() {
        return pair.condition.holding || pair.choice.isOpen() || pair.switchover.isPromoting()
            || pair.role.isRecording();
    }

    /** What is on this disk is not this side's data: it neither serves nor is the side to keep. */
    static CommandResult foreignDisk(final Pair pair) {
        return pair.refused(PairRule.FOREIGN_DISK, "this side's disk is not the one that its record belongs to");
    }

    private void recordNewDisk(final Superblock side) {
        side.diskIdentity = pair.diskIdentity;
        side.sideState = SideState.INCONSISTENT;
        side.currentHigh = 0;
        side.currentLow = 0;
        side.baseHigh = 0;
        side.baseLow = 0;
        side.syncGenerationHigh = 0;
        side.syncGenerationLow = 0;
        side.ownLife = 0;
        side.peerLife = 0;
        side.serving = false;
    }
}
