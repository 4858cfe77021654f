package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BITS_PER_BLOCK;
import static io.twintrack.engine.metadata.MetadataLayout.WORDS_PER_BLOCK;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayQueue;

/**
 * The intent blocks in memory, one bit for each region, and how far each block on disk is behind. Changes are numbered
 * over all blocks: a bit is durable once a write of its block has completed that copied the block at or after the
 * number under which the bit was set. So a bit that is set again while its clear is on its way to the disk waits for
 * the next write.
 *
 * <p>Bits that stood on disk at the start are <em>recovered</em>: they stay set, whatever is retired, until {@link
 * #forgetRecovered()}. HBA's thread only.
 */
final class IntentImage {
    private final long[] bits;
    private final long[] recovered;
    // By block: the number of its last change, of its last mark, of what is on its way, and of what is durable.
    private final long[] changedAt;
    private final long[] markedAt;
    private final long[] copiedAt;
    private final long[] durableAt;
    private final boolean[] writing;
    private final boolean[] queued;
    private final IntArrayQueue urgent;
    private long change;

    IntentImage(final MetadataLayout layout) {
        final int blocks = layout.intentBlocks();
        bits = new long[blocks * WORDS_PER_BLOCK];
        recovered = new long[blocks * WORDS_PER_BLOCK];
        changedAt = new long[blocks];
        markedAt = new long[blocks];
        copiedAt = new long[blocks];
        durableAt = new long[blocks];
        writing = new boolean[blocks];
        queued = new boolean[blocks];
        urgent = new IntArrayQueue(blocks + 8, -1);
    }

    private static int blockOf(final int region) {
        return region / BITS_PER_BLOCK;
    }

    boolean isSet(final int region) {
        return (bits[region >>> 6] & 1L << region) != 0;
    }

    /** @return the first region from this one on whose bit is set, or one behind all blocks. */
    int nextSet(final int region) {
        int word = region >>> 6;
        long rest = word < bits.length ? bits[word] >>> region << region : 0;
        while (rest == 0 && ++word < bits.length) {
            rest = bits[word];
        }
        return rest == 0 ? bits.length << 6 : (word << 6) + Long.numberOfTrailingZeros(rest);
    }

    /** @return the number of the change that is to be durable before the region may be written. */
    long mark(final int region) {
        final int block = blockOf(region);
        if ((recovered[region >>> 6] & 1L << region) != 0) {
            // On disk since the start. A block that is to be repaired has changes outstanding.
            return durableAt[block] < 0 ? urge(block, changedAt[block]) : 0;
        }
        bits[region >>> 6] |= 1L << region;
        changedAt[block] = ++change;
        return urge(block, change);
    }

    private long urge(final int block, final long number) {
        markedAt[block] = Math.max(markedAt[block], number);
        if (!queued[block] && !writing[block]) {
            queued[block] = true;
            urgent.addInt(block);
        }
        return number;
    }

    void clear(final int region) {
        if ((recovered[region >>> 6] & 1L << region) == 0) {
            bits[region >>> 6] &= ~(1L << region);
            changedAt[blockOf(region)] = ++change;
        }
    }

    boolean isDurable(final int region, final long number) {
        return durableAt[blockOf(region)] >= number;
    }

    // -- recovery

    void recover(final int block, final DirectBuffer from, final int offset) {
        for (int i = 0; i < WORDS_PER_BLOCK; i++) {
            final long word = from.getLong(offset + (i << 3), ByteOrder.LITTLE_ENDIAN);
            recovered[block * WORDS_PER_BLOCK + i] |= word;
            bits[block * WORDS_PER_BLOCK + i] |= word;
        }
    }

    /** Its copies on disk are not both good and equal: nothing in it counts as durable before it was written. */
    void repair(final int block) {
        changedAt[block] = ++change;
        durableAt[block] = -1;
    }

    void repairAll() {
        for (int block = 0; block < changedAt.length; block++) {
            repair(block);
        }
    }

    /** What stood on disk at the start is dealt with. The owner {@link #keep}s the active regions, before any write. */
    void forgetRecovered() {
        for (int block = 0; block < changedAt.length; block++) {
            boolean any = false;
            for (int i = block * WORDS_PER_BLOCK; i < (block + 1) * WORDS_PER_BLOCK; i++) {
                any |= recovered[i] != 0;
                bits[i] &= ~recovered[i];
                recovered[i] = 0;
            }
            if (any) {
                changedAt[block] = ++change;
            }
        }
    }

    /** Its bit was set on disk all the time and stays so. */
    void keep(final int region) {
        bits[region >>> 6] |= 1L << region;
    }

    // -- writing

    /** @return a block that somebody waits for and that is not being written, or -1. */
    int nextUrgent() {
        int block = urgent.pollInt();
        while (block >= 0 && settle(block)) {
            block = urgent.pollInt();
        }
        return block;
    }

    /** Takes it off the queue. @return whether a write that nobody waited for has made it durable, or is about to. */
    private boolean settle(final int block) {
        queued[block] = false;
        return writing[block] || markedAt[block] <= durableAt[block];
    }

    /** @return the first block from this one on that changed since it was last written, or -1. */
    int nextChanged(final int from) {
        for (int block = from; block < changedAt.length; block++) {
            if (changedAt[block] > durableAt[block]) {
                return block;
            }
        }
        return -1;
    }

    boolean isWriting(final int block) {
        return writing[block];
    }

    void copyBlock(final int block, final MutableDirectBuffer to, final int offset) {
        for (int i = 0; i < WORDS_PER_BLOCK; i++) {
            to.putLong(offset + (i << 3), bits[block * WORDS_PER_BLOCK + i], ByteOrder.LITTLE_ENDIAN);
        }
        copiedAt[block] = change;
        writing[block] = true;
    }

    /** Both copies of the block, as it was copied last, are durable. */
    void written(final int block) {
        writing[block] = false;
        durableAt[block] = copiedAt[block];
        if (markedAt[block] > durableAt[block]) {
            urge(block, markedAt[block]);
        }
    }
}
