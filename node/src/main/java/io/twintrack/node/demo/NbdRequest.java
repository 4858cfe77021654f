package io.twintrack.node.demo;

import java.nio.ByteBuffer;

/** One request of an {@link NbdClient}, used again and again. */
final class NbdRequest {
    /** Codes of the protocol's requests. */
    enum Type {
        READ(0), WRITE(1), DISCONNECT(2), FLUSH(3);

        private final int code;

        Type(final int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    private final long cookie;
    private final ByteBuffer buffer;
    private Type type;
    private long offset;
    private int length;
    private long sentNs;

    NbdRequest(final long cookie, final ByteBuffer buffer) {
        this.cookie = cookie;
        this.buffer = buffer;
    }

    void begin(final Type newType, final long newOffset, final int newLength, final long nowNs) {
        type = newType;
        offset = newOffset;
        length = newLength;
        sentNs = nowNs;
    }

    /** Comes back in the reply. */
    long cookie() {
        return cookie;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    Type type() {
        return type;
    }

    /** In the export, in bytes. */
    long offset() {
        return offset;
    }

    int length() {
        return length;
    }

    long sentNs() {
        return sentNs;
    }

    @Override
    public String toString() {
        return type + " of " + length + " bytes at " + offset;
    }
}
