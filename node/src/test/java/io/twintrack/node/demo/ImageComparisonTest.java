package io.twintrack.node.demo;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ImageComparisonTest {
    /** More than one chunk, and no whole number of them. */
    private static final int LENGTH = (5 << 20) / 2 + 17;

    @TempDir
    Path folder;
    private final byte[] bytes = new byte[LENGTH];

    @BeforeEach
    void fill() {
        new Random(7).nextBytes(bytes);
    }

    @Test
    void findsEqualImagesEqual() throws IOException {
        assertEquals(ImageComparison.EQUAL, compare(bytes, bytes));
        assertEquals(ImageComparison.EQUAL, compare(new byte[0], new byte[0]));
    }

    @Test
    void findsTheFirstDifference() throws IOException {
        for (final int offset : new int[] {0, 1, (1 << 20) - 1, 1 << 20, 2_000_000, LENGTH - 1}) {
            final byte[] other = bytes.clone();
            other[offset] ^= 1;
            other[LENGTH - 1] ^= 2;
            assertEquals(offset, compare(bytes, other));
        }
    }

    @Test
    void findsALengthDifferent() throws IOException {
        assertEquals(1 << 20, compare(bytes, Arrays.copyOf(bytes, 1 << 20)));
        assertEquals(LENGTH - 1, compare(Arrays.copyOf(bytes, LENGTH - 1), bytes));
    }

    private long compare(final byte[] one, final byte[] other) throws IOException {
        return ImageComparison.firstDifference(
            Files.write(folder.resolve("one"), one), Files.write(folder.resolve("other"), other));
    }
}
