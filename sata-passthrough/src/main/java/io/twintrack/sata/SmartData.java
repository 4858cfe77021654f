package io.twintrack.sata;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * A flyweight over the 512 bytes that SMART READ DATA returns. The attributes are the makers' common practice
 * (SFF-8035i), no part of ACS:
 * <pre>
 *     0  revision     2  30 attributes of 12 bytes     362 ... 511 checksum: all bytes add up to 0
 *
 *   attribute   0 id, 0 none   1 flags   3 value   4 worst   5 raw value, 6 bytes   11 reserved
 * </pre>
 */
final class SmartData {
    static final int LENGTH = 512;
    static final int ABSENT = -1;

    static final int REALLOCATED_SECTORS = 5;
    static final int POWER_ON_HOURS = 9;
    static final int POWER_CYCLES = 12;
    static final int AIRFLOW_TEMPERATURE = 190;
    static final int TEMPERATURE = 194;
    static final int PENDING_SECTORS = 197;
    static final int UNCORRECTABLE_SECTORS = 198;
    static final int INTERFACE_CRC_ERRORS = 199;

    private static final int FIRST = 2;
    private static final int COUNT = 30;
    private static final int ENTRY = 12;

    private DirectBuffer buffer;
    private int offset;

    SmartData wrap(final DirectBuffer newBuffer, final int newOffset) {
        newBuffer.boundsCheck(newOffset, LENGTH);
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    boolean isIntact() {
        int sum = 0;
        for (int i = 0; i < LENGTH; i++) {
            sum += buffer.getByte(offset + i);
        }
        return (sum & 0xFF) == 0;
    }

    /** @return the attribute's raw value, 48 bits, or {@link #ABSENT}. */
    long raw(final int id) {
        final int at = find(id);
        return at < 0 ? ABSENT : (buffer.getInt(at + 5, ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL)
            | (buffer.getShort(at + 9, ByteOrder.LITTLE_ENDIAN) & 0xFFFFL) << 32;
    }

    /** @return the attribute's normalised value, 1 to 253, where less is worse, or {@link #ABSENT}. */
    int value(final int id) {
        final int at = find(id);
        return at < 0 ? ABSENT : buffer.getByte(at + 3) & 0xFF;
    }

    private int find(final int id) {
        for (int at = offset + FIRST; at < offset + FIRST + COUNT * ENTRY; at += ENTRY) {
            if ((buffer.getByte(at) & 0xFF) == id) {
                return at;
            }
        }
        return ABSENT;
    }
}
