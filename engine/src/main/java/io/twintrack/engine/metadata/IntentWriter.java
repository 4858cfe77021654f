package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;
import java.util.ArrayDeque;

/**
 * Brings intent blocks to the disk: at once those that a request waits for, and on demand all that changed. A block is
 * on its way once at a time; whoever marks meanwhile shares the next write. HBA's thread only.
 */
final class IntentWriter {
    private final BlockIo io;
    private final BlockIo.User user = this::onTransfer;
    private final MetadataLayout layout;
    private final BitsBlock bits;
    private final IntentImage image;
    private final IntentLog log;
    private final SideStore store;
    private final int[] blockAt = new int[BlockIo.PLACES];
    private final ArrayDeque<StatusListener> saves = new ArrayDeque<>();
    // The first of the saves has every block below this one behind it.
    private int cursor;

    IntentWriter(
        final BlockIo io, final MetadataLayout layout, final IntentImage image, final IntentLog log,
        final SideStore store) {
        this.io = io;
        this.layout = layout;
        this.image = image;
        this.log = log;
        this.store = store;
        bits = new BitsBlock(layout);
    }

    void save(final StatusListener done) {
        saves.add(done);
    }

    boolean isIdle() {
        return saves.isEmpty();
    }

    void fail(final Status status, final Outcomes outcomes) {
        while (!saves.isEmpty()) {
            outcomes.add(saves.poll(), status);
        }
    }

    int poll(final Outcomes outcomes) {
        int started = 0;
        for (int place = claimUrgent(); place >= 0; place = claimUrgent()) {
            write(place);
            started++;
        }
        while (!saves.isEmpty() && !writeNextChanged()) {
            outcomes.add(saves.poll(), Status.OK);
            cursor = 0;
        }
        return started;
    }

    private int claimUrgent() {
        final int place = io.claim(user);
        if (place < 0) {
            return place;
        }
        blockAt[place] = image.nextUrgent();
        if (blockAt[place] < 0) {
            io.release(place);
        }
        return blockAt[place] < 0 ? -1 : place;
    }

    /** @return whether the first of the saves is not done yet. */
    private boolean writeNextChanged() {
        cursor = image.nextChanged(cursor);
        if (cursor < 0) {
            return false;
        }
        if (!image.isWriting(cursor)) {
            final int place = io.claim(user);
            if (place >= 0) {
                blockAt[place] = cursor;
                write(place);
            }
        }
        return true;
    }

    private void write(final int place) {
        final int block = blockAt[place];
        image.copyBlock(block, io.buffer(place), MetadataLayout.BITS_OFFSET);
        bits.seal(io.buffer(place), store.superblock(), BitsBlock.INTENT, block);
        io.write(place, layout.intentPair(block));
    }

    private void onTransfer(final int place, final Status status) {
        io.release(place);
        if (status != Status.OK) {
            store.fail(status);
        } else {
            image.written(blockAt[place]);
            log.onDurable();
        }
    }
}
