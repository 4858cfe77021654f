package io.twintrack.engine.metadata;

import org.agrona.BitUtil;

/**
 * Where everything lies in the metadata file of one side of a pair. Blocks of 4 KiB, each kept twice, side by side;
 * the schema {@code metadata.xml} draws what a block holds.
 *
 * <pre>
 *   pair of blocks
 *   0            superblock
 *   1            intent block 0    1 bit per region of 4 MiB (or one track, where that is larger)
 *   2 .. T + 1   track blocks      1 bit per track: those of the regions of intent block 0
 *   T + 2        intent block 1
 *   ..           track blocks
 *
 *   T = tracks of a region; byte of copy c of pair p = (2 p + c) x 4,096
 * </pre>
 *
 * A block of bits holds {@value #BITS_PER_BLOCK} bits, so that one intent block and its track blocks stand for
 * 126 GiB. The place of a block does not depend on the volume's size: a larger volume has more blocks behind.
 *
 * <p>Sizes are bytes. Immutable: any thread.
 */
public final class MetadataLayout {
    public static final int BLOCK_LENGTH = 4096;
    public static final int CHECKSUM_OFFSET = BLOCK_LENGTH - 4;
    public static final int COPIES = 2;
    public static final int BITS_OFFSET = 56;
    public static final int WORDS_PER_BLOCK = 504;
    public static final int BITS_PER_BLOCK = WORDS_PER_BLOCK * Long.SIZE;
    public static final int MIN_REGION_SIZE = 4 << 20;
    public static final int MIN_TRACK_SIZE = 512;
    public static final int MAX_TRACK_SIZE = 1 << 20;
    /** 1 PiB. */
    public static final long MAX_VOLUME_SIZE = 1L << 50;

    /** Of the superblock. */
    static final long SUPERBLOCK = 0;

    private final long volumeSize;
    private final int trackSize;
    private final int regionSize;
    private final int trackBlocksPerIntentBlock;

    /**
     * @param volumeSize the largest that the volume may have with this file, above 0.
     * @param trackSize  a power of two from 512 to 1 MiB.
     */
    public MetadataLayout(final long volumeSize, final int trackSize) {
        check(volumeSize, trackSize);
        this.volumeSize = volumeSize;
        this.trackSize = trackSize;
        regionSize = regionSize(trackSize);
        trackBlocksPerIntentBlock = regionSize / trackSize;
    }

    /** @throws IllegalArgumentException when a value is out of its range; the message names it. */
    static void check(final long volumeSize, final int trackSize) {
        if (trackSize < MIN_TRACK_SIZE || trackSize > MAX_TRACK_SIZE || !BitUtil.isPowerOfTwo(trackSize)) {
            throw new IllegalArgumentException("track size " + trackSize + " is not a power of two, 512 to 1 MiB");
        }
        if (volumeSize <= 0 || volumeSize > MAX_VOLUME_SIZE) {
            throw new IllegalArgumentException("volume size " + volumeSize + " is not within 1 to " + MAX_VOLUME_SIZE);
        }
        if (units(volumeSize, trackSize) > (1L << 34) - BITS_PER_BLOCK) {
            throw new IllegalArgumentException(
                "volume size " + volumeSize + " has too many tracks of " + trackSize
                    + " bytes: larger ones are needed");
        }
    }

    public static int regionSize(final int trackSize) {
        return Math.max(MIN_REGION_SIZE, trackSize);
    }

    /** Of tracks or regions in a volume; the last one may lie within it in part only. */
    static long units(final long volumeSize, final int unitSize) {
        return (volumeSize + unitSize - 1) / unitSize;
    }

    private static long blocks(final long units) {
        return (units + BITS_PER_BLOCK - 1) / BITS_PER_BLOCK;
    }

    public long volumeSize() {
        return volumeSize;
    }

    public int trackSize() {
        return trackSize;
    }

    public int regionSize() {
        return regionSize;
    }

    public int regions() {
        return (int) units(volumeSize, regionSize);
    }

    public int intentBlocks() {
        return (int) blocks(regions());
    }

    public int trackBlocks() {
        return (int) blocks(units(volumeSize, trackSize));
    }

    /** Pairs of blocks in the file. */
    public long pairs() {
        return 1L + intentBlocks() + trackBlocks();
    }

    /** Of the file. */
    public long length() {
        return pairs() * COPIES * BLOCK_LENGTH;
    }

    static long offset(final long pair, final int copy) {
        return (pair * COPIES + copy) * BLOCK_LENGTH;
    }

    long intentPair(final int intentBlock) {
        return 1 + intentBlock * (trackBlocksPerIntentBlock + 1L);
    }

    long trackPair(final int trackBlock) {
        return 2L + trackBlock + trackBlock / trackBlocksPerIntentBlock;
    }

    boolean isIntent(final long pair) {
        return (pair - 1) % (trackBlocksPerIntentBlock + 1) == 0;
    }

    /** Number of the block of a pair other than the superblock's among those of its kind. */
    int blockOf(final long pair) {
        final long group = (pair - 1) / (trackBlocksPerIntentBlock + 1);
        return (int) (isIntent(pair) ? group : pair - 2 - group);
    }
}
