package io.twintrack.sata;

import org.agrona.MutableDirectBuffer;

/**
 * A flyweight over {@code struct sg_io_v4} (linux/bsg.h), in the system's byte order:
 * <pre>
 *     0  s32 guard 'Q'              4  u32 protocol 0 (SCSI)     8  u32 subprotocol 0 (command)
 *    12  u32 command length        16  u64 command              24  u64 tag      32  u32 attribute  36  u32 priority
 *    40  u32 extra                 44  u32 sense room           48  u64 sense
 *    56  u32 out iovec count       60  u32 out length           64  u32 in iovec count          68  u32 in length
 *    72  u64 out address           80  u64 in address           88  u32 time-out, ms            92  u32 flags
 *    96  u64 user's own           104  u32 spare
 *   108  u32 driver status        112  u32 transport status    116  u32 SCSI status            120  u32 retry delay
 *   124  u32 info                 128  u32 duration, ms        132  u32 sense length
 *   136  s32 in residual          140  s32 out residual        144  u64 generated tag          152  u32 spare
 *   156  u32 padding              160
 * </pre>
 */
final class SgHeaderV4 implements SgHeader {
    static final int LENGTH = 160;
    static final int DURATION_AT = 128;
    static final int GUARD = 'Q';

    private MutableDirectBuffer buffer;
    private int offset;

    SgHeaderV4 wrap(final MutableDirectBuffer newBuffer, final int newOffset) {
        newBuffer.boundsCheck(newOffset, LENGTH);
        buffer = newBuffer;
        offset = newOffset;
        return this;
    }

    @Override
    public void put(final AtaCommand.Direction direction, final long command, final long sense, final int senseRoom,
        final long address, final int length, final int timeoutMs, final long user) {
        buffer.setMemory(offset, LENGTH, (byte) 0);
        buffer.putInt(offset, GUARD);
        buffer.putInt(offset + 12, PassThrough16.LENGTH);
        buffer.putLong(offset + 16, command);
        buffer.putInt(offset + 44, senseRoom);
        buffer.putLong(offset + 48, sense);
        if (direction == AtaCommand.Direction.OUT) {
            buffer.putInt(offset + 60, length);
            buffer.putLong(offset + 72, address);
        } else if (direction == AtaCommand.Direction.IN) {
            buffer.putInt(offset + 68, length);
            buffer.putLong(offset + 80, address);
        }
        buffer.putInt(offset + 88, timeoutMs);
        buffer.putLong(offset + 96, user);
    }

    @Override
    public int timeoutMs() {
        return buffer.getInt(offset + 88);
    }

    @Override
    public int deviceStatus() {
        return buffer.getInt(offset + 116) & 0xFF;
    }

    @Override
    public int senseLength() {
        return buffer.getInt(offset + 132);
    }

    @Override
    public int hostStatus() {
        return buffer.getInt(offset + 112);
    }

    @Override
    public int driverStatus() {
        return buffer.getInt(offset + 108);
    }

    /** Of whichever direction the transfer had. */
    @Override
    public int residual() {
        return buffer.getInt(offset + 136) | buffer.getInt(offset + 140);
    }

    @Override
    public int durationMs() {
        return buffer.getInt(offset + DURATION_AT);
    }
}
