package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;
import java.util.ArrayDeque;

/**
 * Changes the superblock, one change at a time: the copy that is older or damaged is written, then the other one; only
 * then the change counts.
 *
 * <pre>
 *   IDLE -> GROWING (blocks of tracks that the volume will have more: all marked) -> FIRST -> SECOND -> IDLE
 * </pre>
 *
 * HBA's thread only.
 */
final class SuperblockWriter {
    private enum Step {
        IDLE, GROWING, FIRST, SECOND
    }

    private final BlockIo io;
    private final BlockIo.User user = this::onTransfer;
    private final SuperblockBlock block = new SuperblockBlock();
    private final MetadataLayout layout;
    private final TrackSaver saver;
    private final SideStore store;
    private final ArrayDeque<SuperblockChange> changes = new ArrayDeque<>();
    private final ArrayDeque<StatusListener> listeners = new ArrayDeque<>();
    private final Superblock next = new Superblock();
    private Step step = Step.IDLE;
    private int place = -1;
    private boolean isGrown;
    // The copy that is written first: the other one is the better one until that is done.
    private int first;

    SuperblockWriter(
        final BlockIo io, final MetadataLayout layout, final TrackSaver saver, final SideStore store) {
        this.io = io;
        this.layout = layout;
        this.saver = saver;
        this.store = store;
    }

    /** @param copy the one that is behind. */
    void writeFirst(final int copy) {
        first = copy;
    }

    void change(final SuperblockChange edit, final StatusListener done) {
        changes.add(edit);
        listeners.add(done);
    }

    boolean isIdle() {
        return listeners.isEmpty();
    }

    void fail(final Status status, final Outcomes outcomes) {
        changes.clear();
        while (!listeners.isEmpty()) {
            outcomes.add(listeners.poll(), status);
        }
    }

    int poll(final Outcomes outcomes) {
        if (step == Step.IDLE && !changes.isEmpty()) {
            prepare(outcomes);
        }
        if (step == Step.GROWING && isGrown) {
            place = io.claim(user);
            step = place < 0 ? step : Step.FIRST;
            if (place >= 0) {
                write(first);
                return 1;
            }
        }
        return 0;
    }

    private void prepare(final Outcomes outcomes) {
        final Superblock current = store.superblock();
        next.copyFrom(current);
        changes.poll().edit(next);
        next.sequence = current.sequence + 1;
        check();
        if (next.volumeSize > layout.volumeSize()) {
            outcomes.add(listeners.poll(), Status.NO_SPACE);
            return;
        }
        step = Step.GROWING;
        isGrown = next.volumeSize <= current.volumeSize;
        if (!isGrown) {
            saver.save(current.volumeSize, next.volumeSize, true, status -> isGrown = status == Status.OK);
        }
    }

    private void check() {
        if ((next.metadataIdHigh | next.metadataIdLow) == 0) {
            throw new IllegalArgumentException("a metadata file has an id other than 0");
        }
        if (next.trackSize != layout.trackSize() || next.regionSize != layout.regionSize() || next.volumeSize <= 0) {
            throw new IllegalArgumentException("sizes of tracks and regions do not change, volumes have some");
        }
    }

    private void write(final int copy) {
        block.encode(next, copy, io.buffer(place));
        io.writeCopy(place, MetadataLayout.SUPERBLOCK, copy);
    }

    private void onTransfer(final int ignored, final Status status) {
        if (status == Status.OK && step == Step.FIRST && !store.isFailed()) {
            step = Step.SECOND;
            write(1 - first);
            return;
        }
        io.release(place);
        step = Step.IDLE;
        if (status != Status.OK) {
            store.fail(status);
        } else if (!store.isFailed()) {
            first = 0;
            store.onChanged(next, listeners.poll());
        }
    }
}
