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
            return CommandResult.refused("this side is redundant", "the primary resizes",
                "pair resize " + pair.name() + ", on the primary");
        }
        if (!isSize(newSize)) {
            return CommandResult.refused(newSize + " bytes is no size of a volume", "a multiple of 4 KiB above 0",
                null);
        }
        if (newSize == pair.size()) {
            return CommandResult.refused("the pair has this size already", "another size", null);
        }
        if (!now.attached || now.state() != PairState.UP_TO_DATE || waiting != null || isPending()) {
            return CommandResult.refused("the pair is " + now.state() + (isPending() ? ", being resized" : ""),
                "a pair is resized when both sides are UpToDate", "pair reestablish " + pair.name());
        }
        if (newSize > pair.deviceSize()) {
            return CommandResult.refused("this side's volume has " + pair.deviceSize() + " bytes",
                "both volumes have room for the new size", "volume grow, on this node");
        }
        return null;
    }

    private static boolean isSize(final long bytes) {
        return bytes > 0 && bytes % UNIT == 0;
    }

    private void onNoted(final Status status) {
        if (status != Status.OK) {
            end(false, "its metadata could not be written: " + status);
        } else if (!pair.condition.attached) {
            end(false, LOST);
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
            end(false, LOST);
        }
    }

    private void tellPeer() {
        final Superblock side = pair.condition.durable();
        pair.order(Order.RESIZE, new Generation(0, side.resizeId), side.resizeSize, this::onPeerResized);
    }

    private void onPeerResized(final Status status) {
        if (status == Status.NO_SPACE) {
            pair.store.change(Resizing::forget, ignored -> {
                pair.volume().resize(pair.size());
                end(false, "the other side's volume has no room for it");
            });
        } else if (status != Status.OK) {
            end(false, "the other side answered " + status + "; the resize goes on at the next handshake");
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
            end(false, "its metadata could not be written: " + status);
            return;
        }
        pair.onResized();
        if (pair.store.tracks().count() > 0 || pair.syncing.isRunning()) {
            // What a volume has grown by is marked: the next handshake copies it.
            pair.detach();
            pair.condition.state(PairState.HANDSHAKING, pair.nowNs, "the volume has grown by what is not copied yet");
            pair.attachment.askNow();
        }
        end(true, "both sides have " + pair.size() + " bytes");
    }

    private void end(final boolean done, final String what) {
        final CommandListener listener = waiting;
        waiting = null;
        if (listener != null) {
            listener.onResult(done ? CommandResult.done(what)
                : CommandResult.refused(what, "both sides have one size", "pair status " + pair.name()));
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
            pair.store.change(edited -> {
                forget(edited);
                edited.resizeId = order.generationLow();
                edited.volumeSize = newSize;
            }, status -> onResized(status, done));
        }
    }

    private void onResized(final Status status, final StatusListener done) {
        if (status == Status.OK) {
            pair.onResized();
        }
        done.onStatus(status);
    }
}
