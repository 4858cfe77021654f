package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BITS_OFFSET;
import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;
import static io.twintrack.engine.metadata.MetadataLayout.WORDS_PER_BLOCK;

import io.twintrack.engine.metadata.sbe.BitsRecordDecoder;
import io.twintrack.engine.metadata.sbe.BitsRecordEncoder;
import io.twintrack.engine.metadata.sbe.MessageHeaderDecoder;
import io.twintrack.engine.metadata.sbe.MessageHeaderEncoder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes and judges blocks of bits. A pair of blocks holds what the union of its good copies says: a copy that is
 * behind can only add marks to it. HBA's thread only.
 */
final class BitsBlock {
    /** What a pair of blocks is worth. */
    enum Verdict {
        /** Both copies are good and equal. */
        EQUAL,
        /** They differ, or one is no good; the first copy now holds what counts. */
        MERGED,
        /** Neither is any good: every bit counts as set, and the first copy's bits now are. */
        LOST
    }

    static final int INTENT = 1;
    static final int TRACKS = 2;

    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final BitsRecordEncoder encoder = new BitsRecordEncoder();
    private final BitsRecordDecoder decoder = new BitsRecordDecoder();
    private final MetadataLayout layout;

    BitsBlock(final MetadataLayout layout) {
        this.layout = layout;
    }

    private int unitSize(final int kind) {
        return kind == INTENT ? layout.regionSize() : layout.trackSize();
    }

    /** Completes a block whose bits are in place. */
    void seal(final UnsafeBuffer block, final Superblock owner, final int kind, final int index) {
        encoder.wrapAndApplyHeader(block, 0, headerEncoder)
            .metadataIdHigh(owner.metadataIdHigh)
            .metadataIdLow(owner.metadataIdLow)
            .index(index)
            .unitSize(unitSize(kind))
            .kind((short) kind)
            .reserved8((short) 0)
            .reserved16(0)
            .reserved0(0)
            .reserved1(0);
        block.putInt(MetadataLayout.CHECKSUM_OFFSET - 4, 0);
        BlockSeal.seal(block, 0);
    }

    private boolean isGood(
        final UnsafeBuffer pair, final int offset, final Superblock owner, final int kind, final int index) {
        header.wrap(pair, offset);
        decoder.wrap(pair, offset + MessageHeaderDecoder.ENCODED_LENGTH, BitsRecordDecoder.BLOCK_LENGTH, 0);
        return BlockSeal.isIntact(pair, offset)
            && header.schemaId() == BitsRecordDecoder.SCHEMA_ID
            && header.templateId() == BitsRecordDecoder.TEMPLATE_ID
            && header.version() == BitsRecordDecoder.SCHEMA_VERSION
            && decoder.metadataIdHigh() == owner.metadataIdHigh
            && decoder.metadataIdLow() == owner.metadataIdLow
            && decoder.index() == index
            && decoder.unitSize() == unitSize(kind)
            && decoder.kind() == kind;
    }

    /** Makes the bits of the first copy what the pair, read from disk, is worth. */
    Verdict merge(
        final UnsafeBuffer pair, final int offset, final Superblock owner, final int kind, final int index) {
        final int second = offset + BLOCK_LENGTH;
        final boolean firstGood = isGood(pair, offset, owner, kind, index);
        final boolean secondGood = isGood(pair, second, owner, kind, index);
        if (!firstGood && !secondGood) {
            setAll(pair, offset);
            return Verdict.LOST;
        }
        if (!firstGood) {
            pair.putBytes(offset, pair, second, BLOCK_LENGTH);
            return Verdict.MERGED;
        }
        return !secondGood || addAll(pair, offset, second) ? Verdict.MERGED : Verdict.EQUAL;
    }

    static void setAll(final MutableDirectBuffer block, final int offset) {
        block.setMemory(offset + BITS_OFFSET, WORDS_PER_BLOCK * Long.BYTES, (byte) 0xFF);
    }

    /** @return whether the two differed. */
    static boolean addAll(final MutableDirectBuffer to, final int offset, final int fromOffset) {
        boolean differ = false;
        for (int at = BITS_OFFSET; at < BITS_OFFSET + WORDS_PER_BLOCK * Long.BYTES; at += Long.BYTES) {
            final long one = to.getLong(offset + at);
            final long other = to.getLong(fromOffset + at);
            differ |= one != other;
            to.putLong(offset + at, one | other);
        }
        return differ;
    }
}
