package io.twintrack.sata;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * A flyweight over the 512 bytes that IDENTIFY DEVICE returns: 256 words, little-endian (ACS-4, 7.13.6). The words that
 * matter here:
 * <pre>
 *     0  bit 15: 0 for ATA             10-19  serial number            23-26  firmware           27-46  model
 *    49  bit 8 DMA, 9 LBA             60-61  sectors (28 bit)             75  4..0 queue depth - 1
 *    76  bit 8 NCQ                       69  14 DRAT, 5 RZAT              82  0 SMART, 5 write cache
 *    83  10 LBA48, 13 FLUSH EXT, 12 FLUSH, 15..14 = 01b valid             84  6 WRITE FUA EXT, 15..14 = 01b valid
 *    85  0 SMART on, 5 write cache on   87  15..14 = 01b valid, 8 WWN  100-103  sectors (48 bit)
 *   105  512-byte blocks a TRIM         106  15..14 = 01b valid, 13 several logical in a physical sector: 3..0
 *        may have, 0 not said                12 logical sector longer than 256 words: 117-118
 *   108-111  WWN                        169  0 TRIM                     209  13..0 offset, 15..14 = 01b valid
 *   217  rotation: 1 none, else rpm     255  15..8 checksum, 7..0 = A5h where there is one
 * </pre>
 * Strings are ASCII with the first character in the upper byte of a word.
 */
public final class IdentifyData {
    static final int LENGTH = 512;
    static final int MIN_SECTOR = 512;

    private DirectBuffer buffer;
    private int offset;

    IdentifyData wrap(final DirectBuffer newBuffer, final int newOffset) {
        newBuffer.boundsCheck(newOffset, LENGTH);
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    /** @param index 0 to 255. */
    public int word(final int index) {
        return buffer.getShort(offset + 2 * index, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }

    /** False for ATAPI, for CFA's special value, and for what is no answer at all. */
    public boolean isAta() {
        return (word(0) & 0x8000) == 0 && sectors() != 0;
    }

    /** False when there is a checksum and the 512 bytes do not add up to 0. */
    public boolean isIntact() {
        if ((word(255) & 0xFF) != 0xA5) {
            return true;
        }
        int sum = 0;
        for (int i = 0; i < LENGTH; i++) {
            sum += buffer.getByte(offset + i);
        }
        return (sum & 0xFF) == 0;
    }

    public String serial() {
        return text(10, 10);
    }

    public String firmware() {
        return text(23, 4);
    }

    public String model() {
        return text(27, 20);
    }

    /** World wide name, 0 for none. */
    public long wwn() {
        return isValid(87) && has(87, 8)
            ? (long) word(108) << 48 | (long) word(109) << 32 | (long) word(110) << 16 | word(111) : 0;
    }

    public boolean hasLba48() {
        return isValid(83) && has(83, 10);
    }

    /** Logical sectors. */
    public long sectors() {
        final long extended = (long) word(103) << 48 | (long) word(102) << 32 | (long) word(101) << 16 | word(100);
        return hasLba48() && extended != 0 ? extended : (long) word(61) << 16 | word(60);
    }

    /** In bytes. */
    public int logicalSector() {
        if (!isValid(106) || !has(106, 12)) {
            return MIN_SECTOR;
        }
        return 2 * (word(118) << 16 | word(117));
    }

    /** In bytes. */
    public int physicalSector() {
        return isValid(106) && has(106, 13) ? logicalSector() << (word(106) & 0xF) : logicalSector();
    }

    /** Bytes from the start of a physical sector to that of LBA 0. */
    public int alignmentOffset() {
        return isValid(209) ? (word(209) & 0x3FFF) * logicalSector() : 0;
    }

    /** Commands that the disk takes at a time: 1 without NCQ. */
    public int queueDepth() {
        final boolean ncq = word(76) != 0 && word(76) != 0xFFFF && has(76, 8) && hasLba48();
        return ncq ? (word(75) & 0x1F) + 1 : 1;
    }

    public boolean hasFuaExt() {
        return hasLba48() && isValid(84) && has(84, 6);
    }

    public boolean hasFlushExt() {
        return isValid(83) && has(83, 13) && hasLba48();
    }

    public boolean hasFlush() {
        return isValid(83) && has(83, 12);
    }

    public boolean hasWriteCache() {
        return has(82, 5);
    }

    public boolean isWriteCacheOn() {
        return has(85, 5);
    }

    public boolean hasSmart() {
        return has(82, 0);
    }

    public boolean isSmartOn() {
        return has(85, 0);
    }

    public boolean hasTrim() {
        return has(169, 0);
    }

    /** What was trimmed reads as zeros (DRAT and RZAT). */
    public boolean isTrimZeroing() {
        return hasTrim() && has(69, 14) && has(69, 5);
    }

    /** Blocks of 512 bytes that one TRIM may carry, from 1. */
    public int trimBlocks() {
        return Math.max(1, word(105));
    }

    /** Revolutions per minute; 0 does not turn, -1 unknown. */
    public int rotation() {
        final int rate = word(217);
        return rate == 1 ? 0 : rate >= 0x0401 && rate <= 0xFFFE ? rate : -1;
    }

    public DiskIdentity identity() {
        return new DiskIdentity(model(), serial(), wwn(), firmware());
    }

    /** Words 83, 84, 87, 106 and 209 say so themselves in their two upper bits. */
    private boolean isValid(final int index) {
        return (word(index) & 0xC000) == 0x4000;
    }

    private boolean has(final int index, final int bit) {
        return (word(index) & 1 << bit) != 0;
    }

    private String text(final int first, final int words) {
        final byte[] bytes = new byte[2 * words];
        for (int i = 0; i < words; i++) {
            bytes[2 * i] = printable(word(first + i) >>> 8);
            bytes[2 * i + 1] = printable(word(first + i));
        }
        return new String(bytes, StandardCharsets.US_ASCII).strip();
    }

    private static byte printable(final int character) {
        final int ascii = character & 0xFF;
        return (byte) (ascii < 0x20 || ascii > 0x7E ? ' ' : ascii);
    }
}
