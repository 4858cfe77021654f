package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.WORDS_PER_BLOCK;

import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;

/**
 * Which tracks of a volume differ from the other side, or may: one bit for each, off-heap, with summary levels above
 * so that the next marked track is found without looking at every word.
 *
 * <pre>
 *   bits       word i: tracks 64 i .. 64 i + 63, lowest bit first
 *   summary    level 1, one bit for each word of the bits: "it is not 0"
 *              level 2, one bit for each word of level 1, and so on up to a level of one word
 *              8 bytes: number of marked tracks
 * </pre>
 *
 * <p>Marking rounds outward to whole tracks, clearing rounds inward. The last track may lie within the volume in part
 * only; whatever reaches the volume's end covers it.
 *
 * <p>For its blocks on disk it knows which of them changed since they were saved, and which of them were cleared since
 * the last flush of both sides' data disks ({@link #flushBegan()}, {@link #flushed(long)}): a clear that is not behind
 * such a flush does not reach the disk, whatever else of its block is saved.
 *
 * <p>Threading: the HBA's thread writes. Every thread may ask {@link #isMarked}, {@link #nextMarked}, {@link
 * #runLength}, {@link #count} and {@link #volumeSize}: words are stored with release and loaded with acquire, so who
 * sees a bit sees everything that the writer did before it set or cleared the bit; it may see the bit a little late.
 * Offsets and lengths are bytes; ranges outside the volume are a bug of the caller's and throw.
 */
public final class ChangedTracks {
    /** Nothing is marked from there on. */
    public static final long NONE = -1;

    private static final int MAX_LEVELS = 7;

    private final AtomicBuffer bits;
    private final AtomicBuffer summary;
    private final int trackShift;
    private final int trackSize;
    // Level 0 is the bits themselves.
    private final int levels;
    private final int[] levelStart = new int[MAX_LEVELS];
    private final int[] levelWords = new int[MAX_LEVELS];
    private final int countOffset;
    private volatile long volumeSize;

    private final boolean[] changed;
    private final long[] clearedIn;
    private long epoch = 1;
    private long flushedEpoch = 1;

    /**
     * Nothing is marked at first.
     *
     * @param bits    at least {@link #bitsLength} bytes, aligned to 8. More allow the volume to grow.
     * @param summary at least {@link #summaryLength(long)} bytes for the bits, aligned to 8.
     */
    public ChangedTracks(
        final AtomicBuffer bits, final AtomicBuffer summary, final long volumeSize, final int trackSize) {
        MetadataLayout.check(volumeSize, trackSize);
        this.bits = bits;
        this.summary = summary;
        this.volumeSize = volumeSize;
        this.trackSize = trackSize;
        trackShift = Integer.numberOfTrailingZeros(trackSize);
        final int words = bits.capacity() >> 3;
        checkCapacity(words, volumeSize);
        levels = placeLevels(words);
        countOffset = levels == 1 ? 0 : levelStart[levels - 1] + (levelWords[levels - 1] << 3);
        final int blocks = (words + WORDS_PER_BLOCK - 1) / WORDS_PER_BLOCK;
        changed = new boolean[blocks];
        clearedIn = new long[blocks];
        clear(bits, words << 3);
        clear(summary, countOffset + 8);
    }

    /** Room that a volume may grow into takes no memory as long as nobody writes to it. */
    private static void clear(final AtomicBuffer buffer, final int length) {
        for (int at = 0; at < length; at += Long.BYTES) {
            if (buffer.getLong(at) != 0) {
                buffer.putLong(at, 0);
            }
        }
    }

    private void checkCapacity(final int words, final long size) {
        if (words < bitsLength(size, trackSize) >> 3) {
            throw new IllegalArgumentException(
                "no room for the tracks of " + size + " bytes in " + bits.capacity() + " bytes");
        }
        if (summary.capacity() < summaryLength((long) words << 3)) {
            throw new IllegalArgumentException("summary of " + summary.capacity() + " bytes is too short");
        }
    }

    private int placeLevels(final int bitsWords) {
        levelWords[0] = bitsWords;
        int level = 0;
        int at = 0;
        while (levelWords[level] > 1) {
            level++;
            levelStart[level] = at;
            levelWords[level] = (levelWords[level - 1] + 63) >>> 6;
            at += levelWords[level] << 3;
        }
        return level + 1;
    }

    /** Bytes of bits and summary together: under 33 MiB for 1 TiB in tracks of 4 KiB. */
    public static long length(final long volumeSize, final int trackSize) {
        final long bitsLength = bitsLength(volumeSize, trackSize);
        return bitsLength + summaryLength(bitsLength);
    }

    public static long bitsLength(final long volumeSize, final int trackSize) {
        MetadataLayout.check(volumeSize, trackSize);
        return (MetadataLayout.units(volumeSize, trackSize) + 63) / 64 * 8;
    }

    public static long summaryLength(final long bitsLength) {
        long length = 8;
        for (long words = bitsLength >> 3; words > 1;) {
            words = (words + 63) >>> 6;
            length += words << 3;
        }
        return length;
    }

    public long volumeSize() {
        return volumeSize;
    }

    public int trackSize() {
        return trackSize;
    }

    /** Marks every track that the range touches. */
    public void mark(final long offset, final long length) {
        checkRange(offset, length);
        if (length > 0) {
            set(offset >>> trackShift, offset + length - 1 >>> trackShift);
        }
    }

    /**
     * Clears every track that the range covers wholly. Their marks were saved before, or their regions stay active
     * until both data disks were flushed: else a crash of both sides could find the copy gone and no mark.
     */
    public void clear(final long offset, final long length) {
        checkRange(offset, length);
        final long end = offset + length;
        final long first = offset + trackSize - 1 >>> trackShift;
        final long behind = end == volumeSize ? tracks() : end >>> trackShift;
        if (first < behind) {
            unset(first, behind - 1);
        }
    }

    public void markAll() {
        set(0, tracks() - 1);
    }

    public void clearAll() {
        unset(0, tracks() - 1);
    }

    /** @return whether any track that the range touches is marked. */
    public boolean isMarked(final long offset, final long length) {
        checkRange(offset, length);
        if (length == 0) {
            return false;
        }
        final long next = nextTrack(offset >>> trackShift);
        return next != NONE && next <= offset + length - 1 >>> trackShift;
    }

    /**
     * @param fromOffset 0 to the volume's size.
     * @return the first marked byte from there on, or {@link #NONE}.
     */
    public long nextMarked(final long fromOffset) {
        checkRange(fromOffset, 0);
        final long track = nextTrack(fromOffset >>> trackShift);
        return track == NONE || track >= tracks() ? NONE : Math.max(fromOffset, track << trackShift);
    }

    /** @return how many bytes from this one on are marked, {@code maxLength} at most; 0 when this one is not. */
    public long runLength(final long offset, final long maxLength) {
        checkRange(offset, 0);
        final long end = Math.min(volumeSize, maxLength > volumeSize - offset ? volumeSize : offset + maxLength);
        long track = offset >>> trackShift;
        while (track << trackShift < end) {
            final long clear = ~bits.getLongAcquire(at(track >>> 6)) >>> track;
            if (clear != 0) {
                track += Long.numberOfTrailingZeros(clear);
                break;
            }
            track = (track | 63) + 1;
        }
        return Math.max(0, Math.min(end, track << trackShift) - offset);
    }

    /** @return how many tracks are marked. */
    public long count() {
        return summary.getLongAcquire(countOffset);
    }

    private long tracks() {
        return MetadataLayout.units(volumeSize, trackSize);
    }

    private void checkRange(final long offset, final long length) {
        if (offset < 0 || length < 0 || length > volumeSize || offset > volumeSize - length) {
            throw new IndexOutOfBoundsException(
                "offset " + offset + ", length " + length + ", volume of " + volumeSize + " bytes");
        }
    }

    // -- words and levels

    private static int at(final long word) {
        return (int) (word << 3);
    }

    private void set(final long first, final long last) {
        long added = 0;
        for (long word = first >>> 6; word <= last >>> 6; word++) {
            final long old = bits.getLong(at(word));
            final long next = old | mask(word, first, last);
            if (next != old) {
                bits.putLongRelease(at(word), next);
                added += Long.bitCount(next ^ old);
                changed[block(word)] = true;
                if (old == 0) {
                    raise(word);
                }
            }
        }
        addToCount(added);
    }

    private void unset(final long first, final long last) {
        long removed = 0;
        for (long word = first >>> 6; word <= last >>> 6; word++) {
            final long old = bits.getLong(at(word));
            final long next = old & ~mask(word, first, last);
            if (next != old) {
                bits.putLongRelease(at(word), next);
                removed += Long.bitCount(next ^ old);
                changed[block(word)] = true;
                clearedIn[block(word)] = epoch;
                if (next == 0) {
                    lower(word);
                }
            }
        }
        addToCount(-removed);
    }

    /** Bits of this word that belong to the tracks from first to last. */
    private static long mask(final long word, final long first, final long last) {
        final long from = word == first >>> 6 ? -1L << first : -1L;
        return word == last >>> 6 ? from & -1L >>> ~last : from;
    }

    /** A word of the bits is not 0 any more. */
    private void raise(final long word) {
        long index = word;
        for (int level = 1; level < levels; level++) {
            final int at = levelStart[level] + at(index >>> 6);
            final long old = summary.getLong(at);
            summary.putLongRelease(at, old | 1L << index);
            if (old != 0) {
                return;
            }
            index >>>= 6;
        }
    }

    /** A word of the bits is 0 from now on. */
    private void lower(final long word) {
        long index = word;
        for (int level = 1; level < levels; level++) {
            final int at = levelStart[level] + at(index >>> 6);
            final long next = summary.getLong(at) & ~(1L << index);
            summary.putLongRelease(at, next);
            if (next != 0) {
                return;
            }
            index >>>= 6;
        }
    }

    private void addToCount(final long added) {
        if (added != 0) {
            summary.putLongRelease(countOffset, summary.getLong(countOffset) + added);
        }
    }

    private long wordAt(final int level, final long word) {
        return level == 0 ? bits.getLongAcquire(at(word)) : summary.getLongAcquire(levelStart[level] + at(word));
    }

    /**
     * Climbs until a word says that there is something at or behind the place, then goes down again. A word that
     * another thread sees cleared below a summary bit that it sees set only sends it on.
     */
    private long nextTrack(final long from) {
        int level = 0;
        long index = from;
        while (index >>> 6 < levelWords[level]) {
            final long rest = wordAt(level, index >>> 6) >>> index << index;
            if (rest != 0) {
                index = (index & ~63L) + Long.numberOfTrailingZeros(rest);
                if (level == 0) {
                    return index;
                }
                level--;
                index <<= 6;
            } else if (level + 1 < levels) {
                level++;
                index = (index >>> 6) + 1;
            } else {
                return NONE;
            }
        }
        return NONE;
    }

    // -- blocks on disk

    private static int block(final long word) {
        return (int) (word / WORDS_PER_BLOCK);
    }

    /**
     * A flush of both sides' data disks begins now. @return to be handed to {@link #flushed} once it has succeeded
     * on both.
     */
    public long flushBegan() {
        return ++epoch;
    }

    /**
     * The flush of both sides' data disks that began with this epoch succeeded: what was cleared before it may last.
     */
    public void flushed(final long flushEpoch) {
        flushedEpoch = Math.max(flushedEpoch, flushEpoch);
    }

    int blocks() {
        return block((bitsLength(volumeSize, trackSize) >> 3) - 1) + 1;
    }

    boolean isChanged(final int block) {
        return changed[block];
    }

    /** Its clears are behind a flush of both data disks, so the block may be written as it is. */
    boolean maySettle(final int block) {
        return clearedIn[block] < flushedEpoch;
    }

    void markChanged(final int block) {
        changed[block] = true;
    }

    void markSaved(final int block) {
        changed[block] = false;
    }

    /** The block's words as they go to disk. Tracks behind the volume's end count as marked there: it may grow. */
    void copyBlock(final int block, final MutableDirectBuffer to, final int offset) {
        final long tracks = tracks();
        for (int i = 0; i < WORDS_PER_BLOCK; i++) {
            final long word = (long) block * WORDS_PER_BLOCK + i;
            final long behind = behindEnd(word, tracks);
            final long value = word < levelWords[0] ? bits.getLong(at(word)) : 0;
            to.putLong(offset + (i << 3), value | behind, ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Marks what is set in a block that was read; tracks behind the volume's end are left out. */
    void markBlock(final int block, final MutableDirectBuffer from, final int offset) {
        final long tracks = tracks();
        for (int i = 0; i < WORDS_PER_BLOCK; i++) {
            final long word = (long) block * WORDS_PER_BLOCK + i;
            final long value = from.getLong(offset + (i << 3), ByteOrder.LITTLE_ENDIAN) & ~behindEnd(word, tracks);
            markWord(word, value);
        }
    }

    private void markWord(final long word, final long value) {
        if (value != 0) {
            final long old = bits.getLong(at(word));
            bits.putLongRelease(at(word), old | value);
            addToCount(Long.bitCount(value & ~old));
            if (old == 0) {
                raise(word);
            }
        }
    }

    private static long behindEnd(final long word, final long tracks) {
        final long inside = tracks - (word << 6);
        return inside <= 0 ? -1L : inside >= 64 ? 0 : -1L << inside;
    }

    /** The volume's new end. Tracks that a larger volume has more are marked, as is the one that was the last. */
    void resize(final long newSize) {
        MetadataLayout.check(newSize, trackSize);
        checkCapacity(levelWords[0], newSize);
        final long oldSize = volumeSize;
        final long oldTracks = tracks();
        final long newTracks = MetadataLayout.units(newSize, trackSize);
        if (newTracks < oldTracks) {
            unset(newTracks, oldTracks - 1);
        }
        volumeSize = newSize;
        if (newSize > oldSize) {
            mark(oldSize, newSize - oldSize);
        }
    }
}
