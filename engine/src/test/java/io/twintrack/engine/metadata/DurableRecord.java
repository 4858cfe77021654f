package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BITS_OFFSET;
import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;
import static io.twintrack.engine.metadata.MetadataLayout.COPIES;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What the bytes of a metadata disk say to a node that starts from them: for tests that look from outside. */
public final class DurableRecord {
    private static final int PAIR = COPIES * BLOCK_LENGTH;

    private final MetadataLayout layout;
    private final BitsBlock bits;
    private final SuperblockBlock codec = new SuperblockBlock();
    private final SuperblockPair superblocks;
    private final Superblock superblock = new Superblock();
    private final UnsafeBuffer scratch = new UnsafeBuffer(BufferUtil.allocateDirectAligned(PAIR, 8));
    private final UnsafeBuffer[] intentBlocks;
    private final UnsafeBuffer[] trackBlocks;

    public DurableRecord(final MetadataLayout layout) {
        this.layout = layout;
        bits = new BitsBlock(layout);
        superblocks = new SuperblockPair(layout);
        intentBlocks = blocks(layout.intentBlocks());
        trackBlocks = blocks(layout.trackBlocks());
    }

    private static UnsafeBuffer[] blocks(final int count) {
        final UnsafeBuffer[] blocks = new UnsafeBuffer[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = new UnsafeBuffer(BufferUtil.allocateDirectAligned(PAIR, 8));
        }
        return blocks;
    }

    private static void copy(final DirectBuffer disk, final long pair, final UnsafeBuffer to) {
        disk.getBytes((int) MetadataLayout.offset(pair, 0), to, 0, PAIR);
    }

    /** @return what counts, valid until the next call; {@code null} when neither copy is any good. */
    public Superblock superblock(final DirectBuffer disk) {
        copy(disk, MetadataLayout.SUPERBLOCK, scratch);
        superblocks.judge(scratch, superblock);
        return superblocks.isUsable() ? superblock : null;
    }

    /** @return whether both copies are good and tell of this change of the superblock. */
    public boolean isTwice(final DirectBuffer disk, final long sequence) {
        copy(disk, MetadataLayout.SUPERBLOCK, scratch);
        for (int copy = 0; copy < COPIES; copy++) {
            if (codec.decode(scratch, copy * BLOCK_LENGTH, copy, superblock) != null
                || superblock.sequence != sequence) {
                return false;
            }
        }
        return true;
    }

    /** Reads all marks. @param owner names the metadata file. */
    public void readMarks(final DirectBuffer disk, final Superblock owner) {
        for (int i = 0; i < intentBlocks.length; i++) {
            copy(disk, layout.intentPair(i), intentBlocks[i]);
            bits.merge(intentBlocks[i], 0, owner, BitsBlock.INTENT, i);
        }
        for (int i = 0; i < trackBlocks.length; i++) {
            copy(disk, layout.trackPair(i), trackBlocks[i]);
            bits.merge(trackBlocks[i], 0, owner, BitsBlock.TRACKS, i);
        }
    }

    /** @return whether every byte of this range lies in a changed track or an active region, as the marks were read. */
    public boolean isMarked(final long offset, final long length) {
        final long last = (offset + length - 1) / layout.trackSize();
        for (long track = offset / layout.trackSize(); track <= last; track++) {
            if (!isSet(trackBlocks, track)
                && !isSet(intentBlocks, track * layout.trackSize() / layout.regionSize())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSet(final UnsafeBuffer[] blocks, final long bit) {
        final int inBlock = (int) (bit % MetadataLayout.BITS_PER_BLOCK);
        final int octet = blocks[(int) (bit / MetadataLayout.BITS_PER_BLOCK)].getByte(BITS_OFFSET + (inBlock >>> 3));
        return (octet >>> (inBlock & 7) & 1) != 0;
    }
}
