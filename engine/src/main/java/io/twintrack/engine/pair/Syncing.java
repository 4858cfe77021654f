package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.resync.Resync;

/**
 * Brings the two sides together again: gathers both sides' marks, makes the sink durably Inconsistent, copies, and lets
 * the sink adopt the source's generation. The order of the durable steps is drawn in docs/GUARANTEES.md.
 */
final class Syncing {
    private final Pair pair;
    private final Question question = new Question();
    private Decision decision;
    private SideView theirs = new SideView();
    private long fetched;
    private int session;
    private int attempt;
    private boolean running;
    private boolean finishing;

    Syncing(final Pair pair) {
        this.pair = pair;
    }

    boolean isRunning() {
        return running;
    }

    private boolean isPull() {
        return decision.direction() == Decision.Direction.PULL;
    }

    void begin(final Decision what, final SideView report) {
        decision = what;
        theirs = report;
        fetched = 0;
        session = pair.attachment.session();
        attempt = pair.attachment.attempt();
        if (what.everything()) {
            pair.store.tracks().markAll();
        } else if (what.ownIntent()) {
            pair.store.intent().markAllInto(pair.store.tracks());
        }
        if (!what.everything() && theirs.hasMarks()) {
            fetchMarks();
        } else {
            saveMarks();
        }
    }

    /** Until it runs, another change of the pair may come first. */
    private boolean goesOn() {
        return pair.attachment.goesOn(attempt);
    }

    /** The union of both sides' marks, a bufferful at a time. */
    private void fetchMarks() {
        final long covered = (long) wordsLength() * Byte.SIZE * pair.store.tracks().trackSize();
        final long length = Math.min(covered, pair.volume().size() - fetched);
        question.set(Operation.TRACKS, 0, 0).about(fetched, length)
            .into(pair.bufferAddress + Pair.TRACKS_IN, wordsLength());
        if (!pair.volume().ask(question, this::onMarks, length)) {
            abandoned(Status.BUSY);
        }
    }

    private int wordsLength() {
        return Math.min(Pair.TRACKS_LENGTH, pair.volume().longestAnswer()) & -Long.BYTES;
    }

    private void onMarks(final long length, final Status status) {
        if (!goesOn()) {
            return;
        }
        if (status != Status.OK) {
            abandoned(status);
            return;
        }
        MarkWords.merge(pair.buffer, Pair.TRACKS_IN, wordsLength(), fetched, pair.store.tracks());
        fetched += length;
        if (fetched < pair.volume().size()) {
            fetchMarks();
        } else {
            saveMarks();
        }
    }

    /** What this side will know after a crash must be no less than what it is about to rely on. */
    private void saveMarks() {
        pair.store.saveTracks(0, pair.volume().size(), this::onMarksSaved);
    }

    private void onMarksSaved(final Status status) {
        if (status != Status.OK) {
            notRecorded(status);
        } else if (goesOn()) {
            flushSource();
        }
    }

    /** What only caches of the source hold must not be the only copy once the sink is Inconsistent. */
    private void flushSource() {
        if (isPull()) {
            question.set(Operation.FLUSH, 0, 0);
            if (!pair.volume().ask(question, this::onSourceFlushed, 0)) {
                abandoned(Status.BUSY);
            }
        } else if (!pair.volume().flushHere(this::onSourceFlushed, 0)) {
            abandoned(Status.BUSY);
        }
    }

    private void onSourceFlushed(final long tag, final Status status) {
        if (status != Status.OK && isPull()) {
            abandoned(status);
        } else if (status != Status.OK) {
            abandoned(status, Refusal.OWN_DISK_FAILED, "this node's disk could not be flushed");
        } else if (!goesOn()) {
            return;
        } else if (isPull()) {
            pair.order(Order.BE_SOURCE, theirs.current, 0, this::onOrdered);
        } else {
            pair.order(Order.BE_FILLED, own(), 0, this::onOrdered);
        }
    }

    private void onOrdered(final Status status) {
        if (status != Status.OK) {
            abandoned(status);
        } else if (goesOn()) {
            pair.store.change(this::recordBegin, this::onBeginRecorded);
        }
    }

    private void recordBegin(final Superblock side) {
        side.ownLife = pair.life;
        side.peerLife = theirs.life;
        side.severedBy = SeveredBy.NONE;
        // Everything is marked durably, so an interruption need not begin at nothing again.
        side.fullCompare = false;
        side.comparing |= decision.everything();
        if (isPull()) {
            side.sideState = SideState.INCONSISTENT;
            Generations.sync(side, theirs.current);
            side.peerSideState = SideState.UP_TO_DATE;
        } else {
            side.sideState = pair.condition.upToDate();
            side.peerSideState = SideState.INCONSISTENT;
            side.serving = true;
        }
    }

    private void onBeginRecorded(final Status status) {
        if (status != Status.OK) {
            notRecorded(status);
            return;
        }
        if (pair.condition.lostDisk) {
            abandoned(Status.IO_ERROR, Refusal.OWN_DISK_FAILED, "this node's disk has failed");
            return;
        }
        if (!goesOn()) {
            return;
        }
        running = true;
        pair.condition.crashed = false;
        pair.condition.target = true;
        pair.condition.attached = true;
        pair.condition.decided |= !isPull();
        pair.condition.state(decision.everything() ? PairState.FULL_SYNC : PairState.DELTA_SYNC, pair.nowNs,
            isPull() ? "this side is filled from the peer" : "the peer is filled from this side");
        pair.resync.begin(mode(), pair.nowNs);
        pair.volume().sendWaiting();
        pair.attachment.succeeded();
    }

    int poll(final long nowNs) {
        if (!running) {
            return 0;
        }
        final int work = pair.resync.poll(nowNs);
        if (!finishing && pair.resync.isFinished()) {
            finishing = true;
            finish();
            return work + 1;
        }
        return work;
    }

    /** Everything is copied and both disks were flushed since. */
    private void finish() {
        if (isPull()) {
            pair.store.saveTracks(0, pair.volume().size(),
                saved -> pair.store.change(this::recordPulled, this::onPulled));
        } else {
            pair.order(Order.BE_UP_TO_DATE, own(), 0, this::onAdopted);
        }
    }

    private void recordPulled(final Superblock side) {
        Generations.dropBase(side);
        Generations.current(side, theirs.current);
        Generations.sync(side, Generation.NONE);
        side.fullCompare = false;
        side.comparing = false;
        side.sideState = pair.condition.upToDate();
        side.serving = true;
    }

    private void onPulled(final Status status) {
        if (status == Status.OK) {
            pair.order(Order.FOLLOW, own(), 0, this::onAdopted);
        } else {
            abandoned(status);
        }
    }

    private void onAdopted(final Status status) {
        if (status != Status.OK) {
            abandoned(status);
        } else {
            pair.store.change(Syncing::recordEnd, this::onEndRecorded);
        }
    }

    private static void recordEnd(final Superblock side) {
        Generations.dropBase(side);
        side.fullCompare = false;
        side.comparing = false;
        side.peerSideState = SideState.UP_TO_DATE;
    }

    private void onEndRecorded(final Status status) {
        if (status != Status.OK) {
            notRecorded(status);
            return;
        }
        if (!running) {
            abandoned(Status.OK, PairRule.REESTABLISH_LATER, "another change of the pair came first");
            return;
        }
        running = false;
        finishing = false;
        pair.forgetMarks(ignored -> { });
        final String what = "both sides are equal; " + pair.resync.copiedBytes() + " bytes were copied";
        pair.becomeUpToDate(what);
        pair.divergence.onResynced();
        pair.event(Kind.RESYNC_FINISHED, what, "nothing", "nothing");
    }

    /** What is likely to be equal is compared by hash first. */
    private Resync.Mode mode() {
        final boolean likelyEqual = decision.ownIntent() || pair.condition.durable().comparing;
        return isPull() ? Resync.Mode.PULL : likelyEqual ? Resync.Mode.COMPARE : Resync.Mode.COPY;
    }

    private Generation own() {
        return Generations.current(pair.condition.durable());
    }

    /** The session is over, or a step failed: all marks are still there, and the next handshake begins again. */
    void onDetached() {
        if (running) {
            pair.resync.interrupt();
        }
        running = false;
        finishing = false;
    }

    /** The peer answered so. */
    private void abandoned(final Status status) {
        if (leave()) {
            pair.attachment.retryLater(status);
        }
    }

    private void notRecorded(final Status status) {
        abandoned(status, PairRule.REESTABLISH_RECORDED, "its metadata could not be written");
    }

    /** A step of this side's failed. */
    private void abandoned(final Status status, final Rule rule, final String step) {
        if (leave()) {
            pair.attachment.retryLater(status, rule, step);
        }
    }

    /** @return whether the session is still there, in which the next handshake begins again. */
    private boolean leave() {
        final boolean open = pair.attachment.isOpen(session);
        if (open && pair.condition.attached) {
            pair.detach();
        }
        return open;
    }

    /** @return {@code null} when none runs. */
    ResyncStatus status() {
        return running ? pair.resync.status(decision.everything() ? ResyncStatus.Kind.FULL : ResyncStatus.Kind.DELTA)
            : null;
    }
}
