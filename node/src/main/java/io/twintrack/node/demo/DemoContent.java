package io.twintrack.node.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * What the demo's volume holds at its beginning: the input, and once it was written on, other bytes in some blocks,
 * spread evenly over it. One thread.
 */
final class DemoContent {
    static final int BLOCK = 4096;
    private static final int MOST_CHANGES = 1000;
    private static final long NONE = 0;

    private final FileChannel input;
    private final long length;
    /** In blocks from one changed one to the next, or {@link #NONE}. */
    private long stride = NONE;

    DemoContent(final FileChannel input) throws IOException {
        this.input = input;
        this.length = Math.max(BLOCK, input.size());
    }

    /** In bytes: that of the input, at least a block. */
    long length() {
        return length;
    }

    /** From now on some blocks hold other bytes than the input. */
    void change() {
        stride = blocks() / changes();
    }

    /** How many blocks {@link #change} changes. */
    int changes() {
        return (int) Math.min(MOST_CHANGES, blocks());
    }

    /** In bytes: where a changed block lies. @param number from 0. */
    long changeOffset(final int number) {
        return number * stride * BLOCK;
    }

    /** Fills the buffer up to its limit; zeros follow the input. */
    void read(final long offset, final ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && input.read(buffer, offset + buffer.position()) >= 0) {
            // A read may be short in the middle of a file.
        }
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        buffer.flip();
        if (stride != NONE) {
            overlay(offset, buffer);
        }
    }

    private void overlay(final long offset, final ByteBuffer buffer) {
        for (int at = 0; at < buffer.limit(); at += Long.BYTES) {
            final long block = (offset + at) / BLOCK;
            if (block % stride == 0 && block / stride < changes() && buffer.limit() - at >= Long.BYTES) {
                buffer.putLong(at, ~(offset + at) * 0x9E3779B97F4A7C15L);
            }
        }
    }

    private long blocks() {
        return (length + BLOCK - 1) / BLOCK;
    }
}
