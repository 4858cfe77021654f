package io.twintrack.sata;

import org.agrona.DirectBuffer;

/**
 * A flyweight over the sense data of an ATA PASS-THROUGH command: sense key and code (SPC-5, 4.4), and the ATA
 * registers as SAT-4, 12.2.2.7 puts them into it. Three forms exist, and any garbage is safe to decode:
 * <pre>
 *   descriptor (72h, 73h)      1 key   2 asc   3 ascq   7 additional length   8 descriptors, of which 09h is
 *     0 09h  1 0Ch  2 extend  3 error  4,5 count  6 lba 31..24  7 lba 7..0  8 lba 39..32  9 lba 15..8
 *     10 lba 47..40  11 lba 23..16  12 device  13 status
 *
 *   fixed (70h, 71h)           2 key   12 asc   13 ascq
 *     bit 7 of byte 0 set      3 error  4 status  5 device  6 count   9 lba 7..0  10 lba 15..8  11 lba 23..16
 *     bit 7 clear, and 9 is not 0 (kernels before 6.11 put them there)
 *                              8 error  9 status  10 device 11 count  17 lba 7..0  18 lba 15..8  19 lba 23..16
 * </pre>
 */
final class SenseData {
    static final int ROOM = 64;

    private static final int FIXED_LENGTH = 18;
    private static final int FIXED_VALID = 0x80;
    private static final int ATA_STATUS_RETURN = 0x09;
    private static final int ATA_STATUS_RETURN_LENGTH = 14;
    private static final int FIRST_DESCRIPTOR = 8;
    private static final int NOT_FOUND = -1;

    private DirectBuffer buffer;
    private int offset;
    private int length;
    /** Places relative to the offset; the registers are not there when the status has none. */
    private int errorAt;
    private int statusAt;
    private int deviceAt;
    private int countAt;
    private int lbaAt;
    private int lbaStride;
    private int highLbaAt;

    /** @param newLength of the sense data that was delivered, 0 for none. */
    SenseData wrap(final DirectBuffer newBuffer, final int newOffset, final int newLength) {
        newBuffer.boundsCheck(newOffset, newLength);
        buffer = newBuffer;
        offset = newOffset;
        length = newLength;
        statusAt = NOT_FOUND;
        if (isDescriptor()) {
            findDescriptor();
        } else if (isFixed()) {
            findFixed();
        }
        return this;
    }

    boolean isPresent() {
        return isFixed() || isDescriptor();
    }

    boolean isFixed() {
        return length > 2 && (responseCode() == 0x70 || responseCode() == 0x71);
    }

    boolean isDescriptor() {
        return length > 3 && (responseCode() == 0x72 || responseCode() == 0x73);
    }

    private int responseCode() {
        return u8(0) & 0x7F;
    }

    int key() {
        return !isPresent() ? 0 : u8(isFixed() ? 2 : 1) & 0xF;
    }

    /** Additional sense code and qualifier: {@code asc << 8 | ascq}. */
    int code() {
        final int at = isFixed() ? 12 : 2;
        return !isPresent() || length < at + 2 ? 0 : u8(at) << 8 | u8(at + 1);
    }

    /** Whether the device's registers came with it. */
    boolean hasRegisters() {
        return statusAt != NOT_FOUND;
    }

    /** The register of that name (ACS-4, 6.3); the same for the others. 0 without registers. */
    int error() {
        return hasRegisters() ? u8(errorAt) : 0;
    }

    int status() {
        return hasRegisters() ? u8(statusAt) : 0;
    }

    int device() {
        return hasRegisters() ? u8(deviceAt) : 0;
    }

    /** Bits 7 to 0. */
    int count() {
        return hasRegisters() ? u8(countAt) : 0;
    }

    /** 48 bits in the descriptor form, the lower 24 of them in the fixed ones; -1 when a part of it was cut off. */
    long lba() {
        if (!hasRegisters() || lbaAt + 2 * lbaStride >= length) {
            return -1;
        }
        final long low = u8(lbaAt) | u8(lbaAt + lbaStride) << 8 | (long) u8(lbaAt + 2 * lbaStride) << 16;
        return highLbaAt == NOT_FOUND ? low
            : low | (long) u8(highLbaAt) << 24 | (long) u8(highLbaAt + 2) << 32 | (long) u8(highLbaAt + 4) << 40;
    }

    private void findFixed() {
        if (length < FIXED_LENGTH) {
            return;
        }
        if ((u8(0) & FIXED_VALID) != 0) {
            place(3, 4, 5, 6, 9, 1, NOT_FOUND);
        } else if (u8(9) != 0) {
            place(8, 9, 10, 11, 17, 1, NOT_FOUND);
        }
    }

    private void findDescriptor() {
        final int end = Math.min(length, FIRST_DESCRIPTOR + (length > 7 ? u8(7) : 0));
        for (int at = FIRST_DESCRIPTOR; at + 2 <= end; at += 2 + u8(at + 1)) {
            if (u8(at) == ATA_STATUS_RETURN && at + ATA_STATUS_RETURN_LENGTH <= end) {
                final boolean extend = (u8(at + 2) & 1) != 0;
                place(at + 3, at + 13, at + 12, at + 5, at + 7, 2, extend ? at + 6 : NOT_FOUND);
                return;
            }
        }
    }

    private void place(final int error, final int status, final int device, final int count, final int lba,
        final int stride, final int highLba) {
        errorAt = error;
        statusAt = status;
        deviceAt = device;
        countAt = count;
        lbaAt = lba;
        lbaStride = stride;
        highLbaAt = highLba;
    }

    private int u8(final int index) {
        return index < length ? buffer.getByte(offset + index) & 0xFF : 0;
    }

    /** For the log. Allocates. */
    @Override
    public String toString() {
        if (!isPresent()) {
            return "no sense data";
        }
        final String sense = String.format("sense %X/%02X/%02X", key(), code() >>> 8, code() & 0xFF);
        return hasRegisters()
            ? sense + String.format(", ATA status %02Xh error %02Xh", status(), error())
                + (lba() < 0 ? "" : " lba " + lba()) : sense;
    }
}
