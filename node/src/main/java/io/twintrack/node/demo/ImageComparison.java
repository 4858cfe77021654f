package io.twintrack.node.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Compares two images byte for byte. */
final class ImageComparison {
    static final long EQUAL = -1;
    private static final int CHUNK = 1 << 20;

    private ImageComparison() {
    }

    /** @return the first offset at which they differ (the shorter one's end included), or {@link #EQUAL}. */
    static long firstDifference(final Path one, final Path other) throws IOException {
        final ByteBuffer left = ByteBuffer.allocateDirect(CHUNK);
        final ByteBuffer right = ByteBuffer.allocateDirect(CHUNK);
        try (FileChannel leftFile = FileChannel.open(one, StandardOpenOption.READ);
             FileChannel rightFile = FileChannel.open(other, StandardOpenOption.READ)) {
            long offset = 0;
            while (true) {
                fill(leftFile, left.clear());
                fill(rightFile, right.clear());
                final int mismatch = left.flip().mismatch(right.flip());
                if (mismatch >= 0) {
                    return offset + mismatch;
                }
                if (!left.hasRemaining()) {
                    return EQUAL;
                }
                offset += left.remaining();
            }
        }
    }

    private static void fill(final FileChannel file, final ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {
            // A read may be short in the middle of a file.
        }
    }
}
