package io.twintrack.sata;

import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/**
 * The payload of DATA SET MANAGEMENT with TRIM: blocks of 512 bytes with 64 ranges each, of which a length of 0 counts
 * as none (ACS-4, 7.5.3).
 * <pre>
 *   63      48 47                       0   little-endian
 *   | length  |  first logical sector   |
 * </pre>
 */
final class TrimRange {
    static final int BLOCK = 512;
    static final int LONGEST = 0xFFFF;

    private TrimRange() {
    }

    /** Sectors that one block of ranges can name. */
    static long mostSectors() {
        return (long) BLOCK / Long.BYTES * LONGEST;
    }

    /** Fills one block. @param sectors 1 to {@link #mostSectors()}. */
    static void fill(final MutableDirectBuffer buffer, final int offset, final long lba, final long sectors) {
        long next = lba;
        long remaining = sectors;
        for (int at = offset; at < offset + BLOCK; at += Long.BYTES) {
            final long length = Math.min(remaining, LONGEST);
            buffer.putLong(at, length == 0 ? 0 : length << 48 | next, ByteOrder.LITTLE_ENDIAN);
            next += length;
            remaining -= length;
        }
    }
}
