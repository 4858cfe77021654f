package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.metadata.Superblock;

/**
 * A pair gets another size while clients use it: growing, the redundant side goes first, shrinking, the primary. The
 * steps are drawn in docs/GUARANTEES.md; one that was interrupted goes on at the next handshake.
 */
final class Resizing {
    private static final int UNIT = 4096;
    private static final String LOST = "the other side was lost; the resize goes on when both are in step";

    private final Pair pair;
    private CommandListener waiting;
    private boolean draining;
    /** In bytes: a size that is on its way to the record; 0 when none is. */
    private long recording;

    Resizing(final Pair pair) {
        this.pair = pair;
    }

    void begin(final long newSize, final CommandListener listener) {
        final CommandResult refusal = refusal(newSize);
        if (refusal != null) {
            listener.onResult(refusal);
            return;
        }
        waiting = listener;
        recording = newSize;
        final long id = pair.random.getAsLong() | 1;
        pair.store.change(side -> {
            side.resizeId = id;
            side.resizeSize = newSize;
            side.resizeOldSize = side.volumeSize;
        }, this::onNoted);
    }

    private CommandResult refusal(final long newSize) {
        final PairCondition now = pair.condition;
        if (!now.isPrimary()) {
            return refused(PairRule.PRIMARY_RESIZES, "this side is redundant", newSize);
        }
        if (!isSize(newSize)) {
            return pair.refused(PairRule.RESIZE_UNIT, newSize + " bytes is no size of a volume");
        }
        if (newSize == pair.size()) {
            return pair.refused(PairRule.RESIZE_CHANGES, "the pair has this size already");
        }
        final Rule kept = stateRule();
        if (kept != null) {
            return refused(kept, "the pair is " + now.state() + ", this side " + now.side()
                + (waiting != null || isPending() ? ", being resized to " + now.durable().resizeSize + " bytes" : ""),
                newSize);
        }
        return newSize <= pair.deviceSize() ? null
            : refused(PairRule.RESIZE_ROOM, "this side's volume has " + pair.deviceSize() + " bytes", newSize);
    }

    /** @return that a resize would break now, whatever the size, or {@code null}. */
    private Rule stateRule() {
        final PairCondition now = pair.condition;
        if (pair.store.isFailed()) {
            return PairRule.RESIZE_RECORDED;
        }
        if (waiting != null || isPending()) {
            return PairRule.RESIZE_PENDING;
        }
        if (!now.disk || now.isDiskFailed()) {
            return PairRule.RESIZE_DISK;
        }
        return now.attached && now.state() == PairState.UP_TO_DATE ? null
            : now.apartRule(PairRule.RESIZE_SEVERED, PairRule.RESIZE_DIVERGED, PairRule.RESIZE_IN_STEP);
    }

    private CommandResult refused(final Rule rule, final String what, final long size) {
        final String known = rule == PairRule.RESIZE_PEER_ROOM ? pair.remoteVolume()
            : pair.condition.durable().volumeName;
        return CommandResult.refused(rule.refuses(what, "NAME", pair.name(), "SIZE", Refused.size(size), "VOLUME",
            known.isEmpty() ? "VOLUME" : known));
    }

    private static boolean isSize(final long bytes) {
        return bytes > 0 && bytes % UNIT == 0;
    }

    private void onNoted(final Status status) {
        recording = 0;
        if (status != Status.OK) {
            end(PairRule.RESIZE_RECORDED, "its metadata could not be written: " + status);
        } else if (!pair.condition.attached) {
            end(PairRule.RESIZE_GOES_ON, LOST);
        } else {
            goOn();
        }
    }

    /** From the durable note: begun by a command, or found again after an interruption. */
    void goOn() {
        final Superblock side = pair.condition.durable();
        if (side.resizeSize < side.volumeSize) {
            pair.volume().resize(side.resizeSize);
            pair.verify.forget();
            draining = true;
        } else {
            tellPeer();
        }
    }

    /**
     * The peer has shrunk already, and this side was drained before it was told: only the end was not noted. Nothing
     * can be copied to a peer that is smaller.
     *
     * @return whether the end is being noted now; the handshake begins again after it.
     */
    boolean catchesUp(final long peerSize) {
        final Superblock side = pair.condition.durable();
        if (!isPending() || side.resizeSize >= side.volumeSize || side.resizeSize != peerSize) {
            return false;
        }
        pair.store.change(Resizing::record, this::onRecorded);
        return true;
    }

    /** A resize was noted and has not come to its end. The id alone stays with a side that was ordered it. */
    boolean isPending() {
        return pair.condition.durable().resizeSize != 0;
    }

    /** In bytes: the size that a resize on its way leads to; 0 when there is none. */
    long target() {
        return Math.max(recording, pair.condition.durable().resizeSize);
    }

    /**
     * The peer noted a resize while it was the primary, and is none any more. How far that got is for this side to say:
     * it was ordered it, or was not.
     */
    boolean outlived(final SideView theirs) {
        return theirs.resizeSize != 0 && theirs.role == Role.REDUNDANT && !isPending()
            && theirs.pairId.is(new Generation(pair.condition.durable().pairIdHigh, pair.condition.durable().pairIdLow))
            && (theirs.size == pair.size() || theirs.resizeSize == pair.size());
    }

    /** The peer gets this side's size, and forgets its note. */
    void settle(final SideView theirs, final StatusListener done) {
        pair.order(Order.RESIZE, new Generation(0, theirs.resizeId), pair.size(), done);
    }

    int poll() {
        // Clients go on within the new size, perhaps without a pause.
        if (draining && !pair.volume().reachesBehindEnd()) {
            draining = false;
            tellPeer();
            return 1;
        }
        return 0;
    }

    /** Nothing is told to a peer that is being filled: once both are in step it begins again, from the durable note. */
    void onDetached() {
        if (draining) {
            draining = false;
            end(PairRule.RESIZE_GOES_ON, LOST);
        }
    }

    private void tellPeer() {
        final Superblock side = pair.condition.durable();
        pair.order(Order.RESIZE, new Generation(0, side.resizeId), side.resizeSize, this::onPeerResized);
    }

    private void onPeerResized(final Status status) {
        if (status == Status.NO_SPACE) {
            final long size = pair.condition.durable().resizeSize;
            pair.store.change(Resizing::forget, ignored -> {
                pair.volume().resize(pair.size());
                end(refused(PairRule.RESIZE_PEER_ROOM, "the other side's volume has no room for it", size));
            });
        } else if (status != Status.OK) {
            end(PairRule.RESIZE_GOES_ON,
                "the other side answered " + status + "; the resize goes on at the next handshake");
        } else {
            pair.store.change(Resizing::record, this::onRecorded);
        }
    }

    private static void forget(final Superblock side) {
        side.resizeId = 0;
        side.resizeSize = 0;
        side.resizeOldSize = 0;
    }

    private static void record(final Superblock side) {
        side.volumeSize = side.resizeSize;
        forget(side);
    }

    private void onRecorded(final Status status) {
        if (status != Status.OK) {
            end(PairRule.RESIZE_RECORDED, "its metadata could not be written: " + status);
            return;
        }
        pair.onResized();
        if (pair.store.tracks().count() > 0 || pair.syncing.isRunning()) {
            // What a volume has grown by is marked: the next handshake copies it.
            pair.detach();
            pair.condition.state(PairState.HANDSHAKING, pair.nowNs, "the volume has grown by what is not copied yet");
            pair.attachment.askNow();
        }
        end(CommandResult.done("both sides have " + pair.size() + " bytes"));
    }

    private void end(final Rule rule, final String what) {
        end(pair.refused(rule, what));
    }

    private void end(final CommandResult result) {
        final CommandListener listener = waiting;
        waiting = null;
        if (listener != null) {
            listener.onResult(result);
        }
    }

    /** As the redundant side: an id that was carried out already is confirmed again. */
    void onOrder(final SideOrder order, final StatusListener done) {
        final Superblock side = pair.condition.durable();
        final long newSize = order.argument();
        if (!isSize(newSize)) {
            done.onStatus(Status.INVALID);
        } else if (side.resizeId == order.generationLow() && side.volumeSize == newSize && !isPending()) {
            done.onStatus(Status.OK);
        } else if (newSize > pair.deviceSize()) {
            done.onStatus(Status.NO_SPACE);
        } else {
            recording = newSize;
            pair.store.change(edited -> {
                forget(edited);
                edited.resizeId = order.generationLow();
                edited.volumeSize = newSize;
            }, status -> onResized(status, done));
        }
    }

    private void onResized(final Status status, final StatusListener done) {
        recording = 0;
        if (status == Status.OK) {
            pair.onResized();
        }
        done.onStatus(status);
    }
}
