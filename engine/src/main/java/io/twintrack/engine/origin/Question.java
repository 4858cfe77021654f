package io.twintrack.engine.origin;

import io.twintrack.engine.frame.Operation;

/** What the target is asked by {@link PrimaryVolume#ask}. Reused by whoever asks, one question at a time. */
public final class Question {
    Operation operation;
    long address;
    int payloadLength;
    long offset;
    long length;
    long replyAddress;
    int replyLength;

    /** @param length bytes of the payload that goes out, from this address. */
    public Question set(final Operation asked, final long payloadAddress, final int length) {
        operation = asked;
        address = payloadAddress;
        payloadLength = length;
        this.offset = 0;
        this.length = length;
        replyAddress = 0;
        replyLength = 0;
        return this;
    }

    /** The range of the volume that is asked about, in bytes. */
    public Question about(final long firstByte, final long bytes) {
        offset = firstByte;
        length = bytes;
        return this;
    }

    /** The reply's payload goes here, and is this long at most. */
    public Question into(final long address, final int capacity) {
        replyAddress = address;
        replyLength = capacity;
        return this;
    }
}
