package io.twintrack.node.nbd;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/** The small parts of what is sent to a client next: all but read data. */
final class Output {
    private final UnsafeBuffer buffer;
    private int position;

    Output(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    void clear() {
        position = 0;
    }

    int position() {
        return position;
    }

    int room() {
        return buffer.capacity() - position;
    }

    long address(final int index) {
        return buffer.addressOffset() + index;
    }

    void putShort(final int value) {
        buffer.putShort(position, (short) value, ByteOrder.BIG_ENDIAN);
        position += Short.BYTES;
    }

    void putInt(final int value) {
        buffer.putInt(position, value, ByteOrder.BIG_ENDIAN);
        position += Integer.BYTES;
    }

    /** Fills in what was not known when its place was passed. */
    void putInt(final int index, final int value) {
        buffer.putInt(index, value, ByteOrder.BIG_ENDIAN);
    }

    void putLong(final long value) {
        buffer.putLong(position, value, ByteOrder.BIG_ENDIAN);
        position += Long.BYTES;
    }

    void putBytes(final byte[] bytes) {
        buffer.putBytes(position, bytes);
        position += bytes.length;
    }

    void putZeros(final int length) {
        buffer.setMemory(position, length, (byte) 0);
        position += length;
    }
}
