package io.twintrack.sata;

import org.agrona.MutableDirectBuffer;

/**
 * A flyweight over the ATA PASS-THROUGH (16) command descriptor block (SAT-4, 12.2.2.3), which carries the registers of
 * one ATA command:
 * <pre>
 *    0   85h
 *    1   7..5 multiple count, 4..1 protocol, 0 extend (48-bit command)
 *    2   7..6 off line, 5 ck_cond, 4 t_type, 3 t_dir, 2 byt_blok, 1..0 t_length
 *    3   features 15..8       4   features 7..0
 *    5   count 15..8          6   count 7..0
 *    7   lba 31..24           8   lba 7..0
 *    9   lba 39..32          10   lba 15..8
 *   11   lba 47..40          12   lba 23..16
 *   13   device              14   command              15   control
 * </pre>
 */
final class PassThrough16 {
    static final int LENGTH = 16;
    static final int OPERATION_CODE = 0x85;

    private static final int EXTEND = 1;
    private static final int PROTOCOL_SHIFT = 1;
    private static final int CK_COND = 1 << 5;
    private static final int T_TYPE_LOGICAL = 1 << 4;
    private static final int T_DIR_IN = 1 << 3;
    private static final int BYT_BLOK = 1 << 2;

    private MutableDirectBuffer buffer;
    private int offset;

    PassThrough16 wrap(final MutableDirectBuffer newBuffer, final int newOffset) {
        newBuffer.boundsCheck(newOffset, LENGTH);
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    /**
     * Writes all 16 bytes.
     *
     * @param logicalSectors the transfer is counted in the disk's logical sectors, not in blocks of 512 bytes.
     */
    void put(final AtaCommand command, final long lba, final int count, final int features, final int device,
        final boolean logicalSectors) {
        buffer.putByte(offset, (byte) OPERATION_CODE);
        buffer.putByte(offset + 1,
            (byte) (command.protocol().code() << PROTOCOL_SHIFT | (command.isExtended() ? EXTEND : 0)));
        buffer.putByte(offset + 2, (byte) (transfer(command) | (logicalSectors ? T_TYPE_LOGICAL : 0)));
        buffer.putByte(offset + 3, (byte) (features >>> 8));
        buffer.putByte(offset + 4, (byte) features);
        buffer.putByte(offset + 5, (byte) (count >>> 8));
        buffer.putByte(offset + 6, (byte) count);
        putLba(lba);
        buffer.putByte(offset + 13, (byte) device);
        buffer.putByte(offset + 14, (byte) command.code());
        buffer.putByte(offset + 15, (byte) 0);
    }

    private static int transfer(final AtaCommand command) {
        final int check = command.returnsRegisters() ? CK_COND : 0;
        return switch (command.direction()) {
            case NONE -> check;
            case IN -> check | T_DIR_IN | BYT_BLOK | command.protocol().lengthField();
            case OUT -> check | BYT_BLOK | command.protocol().lengthField();
        };
    }

    private void putLba(final long lba) {
        buffer.putByte(offset + 7, (byte) (lba >>> 24));
        buffer.putByte(offset + 8, (byte) lba);
        buffer.putByte(offset + 9, (byte) (lba >>> 32));
        buffer.putByte(offset + 10, (byte) (lba >>> 8));
        buffer.putByte(offset + 11, (byte) (lba >>> 40));
        buffer.putByte(offset + 12, (byte) (lba >>> 16));
    }

    int command() {
        return buffer.getByte(offset + 14) & 0xFF;
    }

    long lba() {
        return u8(8) | u8(10) << 8 | u8(12) << 16 | u8(7) << 24 | u8(9) << 32 | u8(11) << 40;
    }

    int count() {
        return (int) (u8(5) << 8 | u8(6));
    }

    int features() {
        return (int) (u8(3) << 8 | u8(4));
    }

    private long u8(final int index) {
        return buffer.getByte(offset + index) & 0xFFL;
    }
}
