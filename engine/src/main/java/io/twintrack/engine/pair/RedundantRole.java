package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.metadata.SuperblockChange;
import io.twintrack.engine.replica.PairTarget;
import org.agrona.MutableDirectBuffer;

/**
 * What this side answers as long as another one is the primary: reports what it has, records durably what it is
 * ordered, and says which frames it takes.
 */
final class RedundantRole implements PairTarget {
    private final Pair pair;
    /** Read, compared and ordered, but not changed. */
    private boolean met;
    private Generation pairId = Generation.NONE;
    private long primaryLife;
    private int recording;

    RedundantRole(final Pair pair) {
        this.pair = pair;
    }

    @Override
    public Status onAttach(final PairReport theirs, final PairReport ours) {
        if (pair.condition.foreignDisk) {
            return Status.FOREIGN_DISK;
        }
        if (pair.choice.isOpen() || pair.switchover.isPromoting()) {
            return Status.NOT_READY;
        }
        pair.report(ours);
        if (isFresh()) {
            // A new side belongs to the pair that meets it first; it is recorded when it is filled.
            ours.pairIdHigh = theirs.pairIdHigh;
            ours.pairIdLow = theirs.pairIdLow;
            pairId = new Generation(theirs.pairIdHigh, theirs.pairIdLow);
        }
        primaryLife = theirs.life;
        pair.condition.following = false;
        met = true;
        final boolean apart =
            pair.condition.state() == PairState.DIVERGED || pair.condition.state() == PairState.SEVERED;
        if (!pair.condition.isPrimary() && !apart) {
            pair.condition.state(PairState.HANDSHAKING, pair.nowNs, "the primary answers");
        }
        return pair.isStopping() ? Status.STOPPING : Status.OK;
    }

    private boolean isFresh() {
        final Superblock side = pair.condition.durable();
        return side.ownLife == 0 && (side.pairIdHigh | side.pairIdLow) == 0;
    }

    @Override
    public Status accepts(final Operation operation) {
        if (!met) {
            return Status.NOT_ATTACHED;
        }
        final boolean changes = operation == Operation.WRITE || operation == Operation.ZERO;
        if (changes && (pair.condition.isPrimary() || !pair.condition.following)) {
            return Status.NOT_ATTACHED;
        }
        return changes && pair.condition.isDiskFailed() ? Status.IO_ERROR : Status.OK;
    }

    @Override
    public void onOrder(final SideOrder order, final StatusListener done) {
        final Order kind = Order.of(order.order());
        final Superblock now = pair.condition.durable();
        final Status refusal = kind == null ? Status.INVALID : refusal(kind, order, now);
        if (refusal != Status.OK) {
            done.onStatus(refusal);
            return;
        }
        recording++;
        carryOut(kind, order, status -> {
            recording--;
            done.onStatus(status);
        });
    }

    /** An order is on its way to the record: until it is there, nobody knows what this side is. */
    boolean isRecording() {
        return recording > 0;
    }

    private void carryOut(final Order kind, final SideOrder order, final StatusListener done) {
        switch (kind) {
            case FOLLOW -> follow(order, done);
            case BE_FILLED -> record(side -> recordFilled(side, order), done, true, PairState.DELTA_SYNC,
                "it is being filled");
            case BE_UP_TO_DATE -> adopt(order, done);
            case BE_SOURCE -> record(side -> side.peerSideState = SideState.INCONSISTENT, done, false,
                PairState.DELTA_SYNC, "the primary fills itself from here");
            case GO_ALONE -> record(side -> recordAlone(side, order), done, true, PairState.UP_TO_DATE,
                "the primary's disk failed; this is the only copy");
            case BE_SEVERED -> record(RedundantRole::recordSevered, done, false, PairState.SEVERED,
                "severed by command");
            case BE_RELEASED -> release(done);
            case GIVE_UP -> giveUp(order, done);
            case RESIZE -> pair.resizing.onOrder(order, done);
            case FORGET -> done.onStatus(Status.NOT_SUPPORTED);
        }
    }

    private Status refusal(final Order kind, final SideOrder order, final Superblock now) {
        if (pair.switchover.isPromoting() || pair.condition.foreignDisk) {
            return Status.NOT_READY;
        }
        final boolean sameGeneration =
            order.generationHigh() == now.currentHigh && order.generationLow() == now.currentLow;
        return switch (kind) {
            case FOLLOW -> pair.condition.isPrimary() || !sameGeneration
                || now.sideState == SideState.INCONSISTENT || pair.condition.isDiskFailed()
                ? Status.NOT_READY : Status.OK;
            case BE_FILLED -> pair.condition.isPrimary() || pair.condition.isDiskFailed()
                || pair.condition.clients > 0
                ? Status.NOT_READY : Status.OK;
            case BE_UP_TO_DATE -> pair.condition.isPrimary() || !pair.condition.following
                || now.sideState != SideState.INCONSISTENT || pair.condition.isDiskFailed() ? Status.NOT_READY
                    : Status.OK;
            case GO_ALONE -> pair.condition.following && now.sideState == SideState.UP_TO_DATE
                && !pair.condition.isDiskFailed()
                ? Status.OK : Status.NOT_READY;
            case BE_RELEASED -> pair.condition.isPrimary() ? Status.NOT_READY : Status.OK;
            case GIVE_UP -> pair.condition.clients > 0 || pair.choice.isOpen() ? Status.NOT_READY : Status.OK;
            default -> Status.OK;
        };
    }

    private void record(
        final SuperblockChange edit, final StatusListener done, final boolean follows,
        final PairState state, final String why) {
        final SuperblockChange unlessFailed = side -> {
            edit.edit(side);
            side.sideState = pair.condition.lostDisk ? SideState.FAILED : side.sideState;
        };
        pair.store.change(unlessFailed, status -> {
            if (status == Status.OK && met) {
                pair.condition.following = follows;
                pair.condition.released = false;
                pair.condition.state(state, pair.nowNs, why);
            }
            done.onStatus(status);
        });
    }

    /** Both sides are equal, so this one's marks stand for nothing any more. */
    private void follow(final SideOrder order, final StatusListener done) {
        pair.store.tracks().clearAll();
        pair.forgetAllMarks(saved -> {
            if (saved == Status.OK) {
                pair.condition.crashed = false;
                record(side -> recordFollow(side, order), done, true, PairState.UP_TO_DATE, "it follows the primary");
            } else {
                done.onStatus(saved);
            }
        });
    }

    private void recordFollow(final Superblock side, final SideOrder order) {
        Generations.dropBase(side);
        side.sideState = SideState.UP_TO_DATE;
        side.peerSideState =
            order.argument() == Order.WITHOUT_PRIMARY ? SideState.FAILED : SideState.UP_TO_DATE;
        side.severedBy = SeveredBy.NONE;
        side.ownLife = pair.life;
        side.peerLife = primaryLife;
    }

    private void recordFilled(final Superblock side, final SideOrder order) {
        if (isFresh()) {
            side.pairIdHigh = pairId.high();
            side.pairIdLow = pairId.low();
        }
        side.sideState = SideState.INCONSISTENT;
        side.syncGenerationHigh = order.generationHigh();
        side.syncGenerationLow = order.generationLow();
        side.peerSideState = SideState.UP_TO_DATE;
        side.severedBy = SeveredBy.NONE;
        // The source has marked everything durably.
        side.fullCompare = false;
        side.ownLife = pair.life;
        side.peerLife = primaryLife;
        side.serving = false;
    }

    private static void recordAlone(final Superblock side, final SideOrder order) {
        side.remember(side.currentHigh, side.currentLow);
        side.currentHigh = order.generationHigh();
        side.currentLow = order.generationLow();
        side.baseHigh = 0;
        side.baseLow = 0;
        side.peerSideState = SideState.FAILED;
    }

    private static void recordSevered(final Superblock side) {
        side.severedBy = SeveredBy.COMMAND;
        side.sideState = side.sideState == SideState.UP_TO_DATE ? SideState.CONSISTENT : side.sideState;
    }

    private void giveUp(final SideOrder order, final StatusListener done) {
        final Generation common = new Generation(order.generationHigh(), order.generationLow());
        final boolean wasDecided = pair.condition.decided;
        pair.choice.begin();
        // No client comes before the record is durable.
        pair.condition.decided = false;
        record(side -> recordGiveUp(side, common), status -> {
            pair.choice.end();
            pair.condition.decided = wasDecided && status != Status.OK;
            done.onStatus(status);
        }, false, PairState.HANDSHAKING, "a person keeps the other side's data");
    }

    /** @param common what the marks of the side that is kept count from. */
    static void recordGiveUp(final Superblock side, final Generation common) {
        side.role = Role.REDUNDANT;
        // A disk that failed is to be replaced before anything is copied to it.
        side.sideState = side.sideState == SideState.FAILED ? SideState.FAILED : SideState.INCONSISTENT;
        final Generation own = Choice.countedFrom(Generations.base(side), Generations.current(side));
        if (own.is(common)) {
            // What it is to be brought to is what its own changes count from: the marks of both sides are then enough.
            Generations.sync(side, common);
        } else {
            // The marks of the two sides have nothing to do with each other.
            Generations.sync(side, Generation.NONE);
            side.ownLife = 0;
            side.peerLife = 0;
        }
        side.severedBy = SeveredBy.NONE;
        side.serving = false;
    }

    private void release(final StatusListener done) {
        pair.condition.released = pair.condition.durable().sideState == SideState.UP_TO_DATE;
        pair.condition.following = false;
        pair.condition.state(PairState.CONNECTING, pair.nowNs,
            "the primary gave up its role; this side may be promoted");
        done.onStatus(Status.OK);
    }

    /** Its own marks are gone for good before it says that it has everything. */
    private void adopt(final SideOrder order, final StatusListener done) {
        pair.store.tracks().clearAll();
        pair.forgetAllMarks(saved -> {
            if (saved != Status.OK) {
                done.onStatus(saved);
                return;
            }
            pair.condition.crashed = false;
            record(side -> recordAdopted(side, order), done, true, PairState.UP_TO_DATE, "everything has arrived");
        });
    }

    private static void recordAdopted(final Superblock side, final SideOrder order) {
        Generations.dropBase(side);
        side.currentHigh = order.generationHigh();
        side.currentLow = order.generationLow();
        side.syncGenerationHigh = 0;
        side.syncGenerationLow = 0;
        side.fullCompare = false;
        side.comparing = false;
        side.sideState = SideState.UP_TO_DATE;
        side.peerSideState = SideState.UP_TO_DATE;
    }

    @Override
    public int marks(final long fromOffset, final MutableDirectBuffer to, final int at, final int length) {
        return MarkWords.write(pair.store, fromOffset, to, at, length);
    }

    @Override
    public void onDiskFailed(final Status status) {
        final String what = "the redundant side's disk failed a flush with " + status;
        pair.event(PairEvent.Kind.FLUSH_FAILED, what, "one copy is left, on the primary",
            "replace the disk, start the node anew, then: twintrack pair accept-disk " + pair.name());
        pair.condition.lostDisk = true;
        pair.store.change(side -> side.sideState = SideState.FAILED, ignored -> { });
    }

    @Override
    public void onSessionEnded() {
        met = false;
        if (pair.condition.following) {
            pair.condition.following = false;
            pair.condition.state(PairState.CONNECTING, pair.nowNs, "the primary is not there");
        }
    }
}
