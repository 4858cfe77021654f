package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BITS_OFFSET;
import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.port.BlockDevice;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Flushes the disk, then reads a metadata file from its first pair of blocks to its last. Many pairs are read at once;
 * where that fails, one block at a time, so that one bad sector costs one copy of one block. HBA's thread only.
 */
final class MetadataLoad {
    private static final int PAIRS_AT_ONCE = BlockIo.PLACES;

    private final BlockIo io;
    private final BlockIo.User user = this::onTransfer;
    private final BlockDevice disk;
    private final MetadataLayout layout;
    private final Superblock superblock;
    private final ChangedTracks tracks;
    private final IntentImage image;
    private final SuperblockWriter writer;
    private final SuperblockPair superblocks;
    private final BitsBlock bits;

    private LoadListener listener;
    private Outcome outcome;
    private String reason;
    private boolean isTold;
    private int place;
    private boolean isFlushing;

    private long pair;
    private int pairs;
    // Where a read of many pairs failed: the block that is read alone now, else -1.
    private int single = -1;
    private boolean isNew;
    private long damaged;

    MetadataLoad(
        final BlockIo io, final BlockDevice disk, final MetadataLayout layout, final Superblock superblock,
        final ChangedTracks tracks, final IntentImage image, final SuperblockWriter writer) {
        this.io = io;
        this.disk = disk;
        this.layout = layout;
        this.superblock = superblock;
        this.tracks = tracks;
        this.image = image;
        this.writer = writer;
        superblocks = new SuperblockPair(layout);
        bits = new BitsBlock(layout);
    }

    void start(final LoadListener loadListener) {
        if (listener != null) {
            throw new IllegalStateException("loaded already");
        }
        listener = loadListener;
        if (disk.size() < layout.length()) {
            end(Outcome.UNREADABLE, "it has " + disk.size() + " bytes instead of " + layout.length()
                + ": it was cut short, or is another volume's");
        } else {
            place = io.claim(user);
            isFlushing = true;
            io.flush(place);
        }
    }

    boolean isDone() {
        return isTold;
    }

    boolean isIdle() {
        return listener == null || isTold;
    }

    boolean isUsable() {
        return isTold && outcome != Outcome.UNREADABLE;
    }

    int poll() {
        if (outcome == null) {
            return 0;
        }
        isTold = true;
        listener.onLoaded(outcome, reason);
        return 1;
    }

    private void end(final Outcome result, final String why) {
        outcome = result;
        reason = why;
    }

    // -- reading

    private void readMany() {
        pairs = (int) Math.min(PAIRS_AT_ONCE, layout.pairs() - pair);
        single = -1;
        io.read(place, 0, MetadataLayout.offset(pair, 0), pairs * BlockIo.PAIR_LENGTH);
    }

    private void onTransfer(final int ignored, final Status status) {
        if (isFlushing) {
            onFlushed(status);
        } else if (single < 0 && status == Status.OK) {
            onPairs();
        } else {
            onSingle(status);
        }
    }

    /**
     * A process before may have failed while it wrote, and left in a cache what it never counted on. This one is going
     * to: what is read here is durable before.
     */
    private void onFlushed(final Status status) {
        isFlushing = false;
        if (status == Status.OK) {
            readMany();
        } else {
            io.release(place);
            end(Outcome.UNREADABLE, "its disk could not be flushed: " + status + "; mend it and start again");
        }
    }

    /** A block that cannot be read counts as damaged, not as blank. */
    private void onSingle(final Status status) {
        if (single >= 0 && status != Status.OK) {
            io.all().setMemory(single * BLOCK_LENGTH, BLOCK_LENGTH, (byte) 0xFF);
        }
        single++;
        if (single < pairs * MetadataLayout.COPIES) {
            final int at = single * BLOCK_LENGTH;
            io.read(place, at, MetadataLayout.offset(pair, 0) + at, BLOCK_LENGTH);
        } else {
            onPairs();
        }
    }

    private void onPairs() {
        for (int i = 0; i < pairs && outcome == null; i++) {
            onPair(pair + i, i * BlockIo.PAIR_LENGTH);
        }
        pair += pairs;
        if (outcome == null && pair < layout.pairs()) {
            readMany();
        } else {
            io.release(place);
            conclude();
        }
    }

    private void onPair(final long number, final int offset) {
        final UnsafeBuffer read = io.all();
        if (number == MetadataLayout.SUPERBLOCK) {
            onSuperblocks(read);
        } else if (isNew) {
            onPairOfNewFile(read, offset);
        } else if (layout.isIntent(number)) {
            onIntentPair(layout.blockOf(number), read, offset);
        } else if (layout.blockOf(number) < tracks.blocks()) {
            onTrackPair(layout.blockOf(number), read, offset);
        }
    }

    // -- what it means

    private void onSuperblocks(final UnsafeBuffer read) {
        isNew = BlockSeal.isBlank(read, 0) && BlockSeal.isBlank(read, BLOCK_LENGTH);
        if (isNew) {
            superblock.volumeSize = layout.volumeSize();
            superblock.trackSize = layout.trackSize();
            superblock.regionSize = layout.regionSize();
            superblock.fullCompare = true;
            return;
        }
        reason = superblocks.judge(read, superblock);
        if (!superblocks.isUsable()) {
            end(Outcome.UNREADABLE, reason);
            return;
        }
        writer.writeFirst(superblocks.worse());
        tracks.resize(superblock.volumeSize);
    }

    private void onPairOfNewFile(final UnsafeBuffer read, final int offset) {
        if (!BlockSeal.isBlank(read, offset) || !BlockSeal.isBlank(read, offset + BLOCK_LENGTH)) {
            end(Outcome.UNREADABLE, "both superblocks are blank, but what follows is not");
        }
    }

    private void onIntentPair(final int block, final UnsafeBuffer read, final int offset) {
        final BitsBlock.Verdict verdict = bits.merge(read, offset, superblock, BitsBlock.INTENT, block);
        image.recover(block, read, offset + BITS_OFFSET);
        if (verdict != BitsBlock.Verdict.EQUAL) {
            image.repair(block);
        }
        damaged += verdict == BitsBlock.Verdict.LOST ? 1 : 0;
    }

    private void onTrackPair(final int block, final UnsafeBuffer read, final int offset) {
        final BitsBlock.Verdict verdict = bits.merge(read, offset, superblock, BitsBlock.TRACKS, block);
        tracks.markBlock(block, read, offset + BITS_OFFSET);
        if (verdict != BitsBlock.Verdict.EQUAL) {
            tracks.markChanged(block);
        }
        damaged += verdict == BitsBlock.Verdict.LOST ? 1 : 0;
    }

    private void conclude() {
        if (outcome != null) {
            return;
        }
        if (isNew) {
            image.repairAll();
            end(Outcome.NEW, null);
            return;
        }
        if (damaged > 0) {
            final String lost = damaged
                + " blocks of marks are damaged or blank: all that they stand for counts as marked";
            reason = reason == null ? lost : reason + "; " + lost;
        }
        end(Outcome.LOADED, reason);
    }
}
