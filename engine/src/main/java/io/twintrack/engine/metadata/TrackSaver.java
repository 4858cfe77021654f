package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BITS_OFFSET;
import static io.twintrack.engine.metadata.MetadataLayout.BITS_PER_BLOCK;
import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;

import io.twintrack.engine.Status;

/**
 * Brings track blocks to the disk, one save after the other. A block in which tracks were cleared that are not behind a
 * flush of both data disks is read first, and what was marked on disk stays marked. HBA's thread only; allocates
 * nothing after construction.
 */
final class TrackSaver {
    static final int MAX_SAVES = 64;
    /** Intent marks and superblocks find room beside it. */
    private static final int MAX_BLOCKS_AT_ONCE = BlockIo.PLACES / 2;

    private static final class Save {
        private int from;
        private int to;
        private boolean unchangedToo;
        private StatusListener done;
    }

    private final BlockIo io;
    private final BlockIo.User afterRead = this::onRead;
    private final BlockIo.User afterWrite = this::onWritten;
    private final MetadataLayout layout;
    private final BitsBlock bits;
    private final ChangedTracks tracks;
    private final SideStore store;
    private final Save[] saves = new Save[MAX_SAVES];
    private int head;
    private int count;
    private final int[] blockAt = new int[BlockIo.PLACES];
    private int cursor;
    private int inFlight;

    TrackSaver(final BlockIo io, final MetadataLayout layout, final ChangedTracks tracks, final SideStore store) {
        this.io = io;
        this.layout = layout;
        this.tracks = tracks;
        this.store = store;
        bits = new BitsBlock(layout);
        for (int i = 0; i < MAX_SAVES; i++) {
            saves[i] = new Save();
        }
    }

    /**
     * All blocks that hold a track of this range of bytes.
     *
     * @param unchangedToo also those that did not change since they were saved.
     */
    void save(final long fromOffset, final long toOffset, final boolean unchangedToo, final StatusListener done) {
        if (count == MAX_SAVES) {
            throw new IllegalStateException(MAX_SAVES + " saves of tracks wait already");
        }
        final Save save = saves[(head + count++) % MAX_SAVES];
        save.from = (int) (fromOffset / layout.trackSize() / BITS_PER_BLOCK);
        save.to = (int) ((MetadataLayout.units(Math.max(fromOffset, toOffset), layout.trackSize()) + BITS_PER_BLOCK - 1)
            / BITS_PER_BLOCK);
        save.unchangedToo = unchangedToo;
        save.done = done;
        if (count == 1) {
            cursor = save.from;
        }
    }

    boolean isIdle() {
        return count == 0;
    }

    void fail(final Status status, final Outcomes outcomes) {
        while (count > 0) {
            finish(status, outcomes);
        }
    }

    int poll(final Outcomes outcomes) {
        int started = 0;
        while (count > 0) {
            started += startBlocks();
            if (inFlight > 0 || cursor < end()) {
                break;
            }
            finish(Status.OK, outcomes);
        }
        return started;
    }

    private int end() {
        return Math.min(saves[head].to, layout.trackBlocks());
    }

    private void finish(final Status status, final Outcomes outcomes) {
        outcomes.add(saves[head].done, status);
        saves[head].done = null;
        head = (head + 1) % MAX_SAVES;
        count--;
        cursor = count > 0 ? saves[head].from : 0;
    }

    private int startBlocks() {
        int started = 0;
        for (final int end = end(); cursor < end && inFlight < MAX_BLOCKS_AT_ONCE; cursor++) {
            if (saves[head].unchangedToo || tracks.isChanged(cursor)) {
                if (!start(cursor)) {
                    break;
                }
                started++;
            }
        }
        return started;
    }

    private boolean start(final int block) {
        final boolean settle = tracks.maySettle(block);
        final int place = io.claim(settle ? afterWrite : afterRead);
        if (place < 0) {
            return false;
        }
        inFlight++;
        blockAt[place] = block;
        if (settle) {
            tracks.markSaved(block);
            tracks.copyBlock(block, io.buffer(place), BITS_OFFSET);
            write(place);
        } else {
            io.readPair(place, layout.trackPair(block));
        }
        return true;
    }

    /** The block stays changed: its clears are still to come. */
    private void onRead(final int place, final Status status) {
        if (store.isFailed()) {
            onWritten(place, store.failure());
            return;
        }
        final int block = blockAt[place];
        if (status == Status.OK) {
            bits.merge(io.buffer(place), 0, store.superblock(), BitsBlock.TRACKS, block);
        } else {
            BitsBlock.setAll(io.buffer(place), 0);
        }
        tracks.copyBlock(block, io.buffer(place), BLOCK_LENGTH + BITS_OFFSET);
        BitsBlock.addAll(io.buffer(place), 0, BLOCK_LENGTH);
        io.hand(place, afterWrite);
        write(place);
    }

    private void write(final int place) {
        bits.seal(io.buffer(place), store.superblock(), BitsBlock.TRACKS, blockAt[place]);
        io.write(place, layout.trackPair(blockAt[place]));
    }

    private void onWritten(final int place, final Status status) {
        io.release(place);
        inFlight--;
        if (status != Status.OK) {
            store.fail(status);
        }
    }
}
