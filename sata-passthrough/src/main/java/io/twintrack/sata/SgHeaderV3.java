package io.twintrack.sata;

import org.agrona.MutableDirectBuffer;

/**
 * A flyweight over {@code struct sg_io_hdr} (scsi/sg.h, version 3) of a 64-bit system, in the system's byte order:
 * <pre>
 *    0  s32 interface id 'S'       4  s32 direction (-1 none, -2 to the device, -3 from it)
 *    8  u8  command length         9  u8  sense room      10  u16 iovec count     12  u32 transfer length
 *   16  u64 transfer address      24  u64 command        32  u64 sense
 *   40  u32 time-out, ms          44  u32 flags          48  s32 pack id          56  u64 user's own
 *   64  u8  SCSI status           65  u8  masked status  66  u8  message status   67  u8  sense length
 *   68  u16 host status           70  u16 driver status  72  s32 residual         76  u32 duration, ms
 *   80  u32 info                  88
 * </pre>
 */
final class SgHeaderV3 implements SgHeader {
    static final int LENGTH = 88;
    static final int INTERFACE_ID = 'S';
    /** The transfer goes to and from the caller's pages, where the system permits it. */
    static final int FLAG_DIRECT_IO = 1;
    /** The transfer went to and from the caller's pages. */
    static final int INFO_DIRECT_IO = 2;
    private static final int INFO_DIRECT_IO_MASK = 6;

    private MutableDirectBuffer buffer;
    private int offset;

    SgHeaderV3 wrap(final MutableDirectBuffer newBuffer, final int newOffset) {
        newBuffer.boundsCheck(newOffset, LENGTH);
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    @Override
    public void put(final AtaCommand.Direction direction, final long command, final long sense, final int senseRoom,
        final long address, final int length, final int timeoutMs, final long user) {
        buffer.setMemory(offset, LENGTH, (byte) 0);
        buffer.putInt(offset, INTERFACE_ID);
        buffer.putInt(offset + 4, direction == AtaCommand.Direction.NONE ? -1
            : direction == AtaCommand.Direction.OUT ? -2 : -3);
        buffer.putByte(offset + 8, (byte) PassThrough16.LENGTH);
        buffer.putByte(offset + 9, (byte) senseRoom);
        buffer.putInt(offset + 12, length);
        buffer.putLong(offset + 16, address);
        buffer.putLong(offset + 24, command);
        buffer.putLong(offset + 32, sense);
        buffer.putInt(offset + 40, timeoutMs);
        buffer.putInt(offset + 44, length == 0 ? 0 : FLAG_DIRECT_IO);
        buffer.putLong(offset + 56, user);
    }

    long user() {
        return buffer.getLong(offset + 56);
    }

    @Override
    public int timeoutMs() {
        return buffer.getInt(offset + 40);
    }

    @Override
    public int deviceStatus() {
        return buffer.getByte(offset + 64) & 0xFF;
    }

    @Override
    public int senseLength() {
        return buffer.getByte(offset + 67) & 0xFF;
    }

    @Override
    public int hostStatus() {
        return buffer.getShort(offset + 68) & 0xFFFF;
    }

    @Override
    public int driverStatus() {
        return buffer.getShort(offset + 70) & 0xFFFF;
    }

    @Override
    public int residual() {
        return buffer.getInt(offset + 72);
    }

    @Override
    public int durationMs() {
        return buffer.getInt(offset + 76);
    }

    /** Of a transfer through sg: whether it went without a copy. */
    boolean wasDirect() {
        return (buffer.getInt(offset + 80) & INFO_DIRECT_IO_MASK) == INFO_DIRECT_IO;
    }
}
