package io.twintrack.node.nbd;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * What a client sent and was not parsed yet:
 *
 * <pre>
 *   0      head      tail      capacity
 *   | done | to parse | room   |
 * </pre>
 */
final class Input {
    private final UnsafeBuffer buffer;
    private final UnsafeBuffer other = new UnsafeBuffer(0, 0);
    private int head;
    private int tail;

    Input(final UnsafeBuffer buffer) {
        this.buffer = buffer;
    }

    void clear() {
        head = 0;
        tail = 0;
    }

    int available() {
        return tail - head;
    }

    int capacity() {
        return buffer.capacity();
    }

    /** Bytes that may be received at {@link #tailAddress()}. */
    int room() {
        if (head == tail) {
            clear();
        } else if (head > 0) {
            buffer.putBytes(0, buffer, head, tail - head);
            tail -= head;
            head = 0;
        }
        return buffer.capacity() - tail;
    }

    long tailAddress() {
        return buffer.addressOffset() + tail;
    }

    void received(final int length) {
        if (length < 0 || length > buffer.capacity() - tail) {
            throw new IllegalArgumentException(length + " bytes received");
        }
        tail += length;
    }

    /** Takes bytes that were received elsewhere. */
    void append(final long address, final int length) {
        if (length > 0) {
            other.wrap(address, length);
            buffer.putBytes(tail, other, 0, length);
            tail += length;
        }
    }

    /** Moves bytes to where a payload is gathered. */
    void moveTo(final long address, final int length) {
        if (length > 0) {
            other.wrap(address, length);
            other.putBytes(0, buffer, head, length);
            skip(length);
        }
    }

    void skip(final int length) {
        if (length < 0 || length > available()) {
            throw new IllegalArgumentException(length + " of " + available() + " bytes skipped");
        }
        head += length;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Where the bytes to parse begin in {@link #buffer()}. */
    int head() {
        return head;
    }

    short getShort(final int offset) {
        return buffer.getShort(head + offset, ByteOrder.BIG_ENDIAN);
    }

    int getInt(final int offset) {
        return buffer.getInt(head + offset, ByteOrder.BIG_ENDIAN);
    }

    long getLong(final int offset) {
        return buffer.getLong(head + offset, ByteOrder.BIG_ENDIAN);
    }

    /** Whether the string at an offset is this one. */
    boolean matches(final int offset, final int length, final byte[] string) {
        return length == string.length && startsWith(offset, length, string);
    }

    /** Whether the string at an offset is the beginning of this one. */
    boolean startsWith(final int offset, final int length, final byte[] string) {
        if (length > string.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(head + offset + i) != string[i]) {
                return false;
            }
        }
        return true;
    }
}
