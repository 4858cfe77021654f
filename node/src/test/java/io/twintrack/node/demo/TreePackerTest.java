package io.twintrack.node.demo;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TreePackerTest {
    private static final String LONG_NAME = "x".repeat(180);

    @TempDir
    Path folder;

    @Test
    void packsFilesInOrderAndFollowsNoLinks() throws IOException {
        final Path tree = tree(40_000);
        Files.createSymbolicLink(tree.resolve("link"), tree.resolve("b"));
        final Path archive = folder.resolve("archive.tar");
        assertEquals(3, TreePacker.pack(tree, archive, 1 << 20));
        final Map<String, byte[]> packed = read(archive);
        assertEquals(List.of("a/1", "a/" + LONG_NAME, "b"), List.copyOf(packed.keySet()));
        assertArrayEquals(Files.readAllBytes(tree.resolve("b")), packed.get("b"));
    }

    @Test
    void givesTheSameBytesAgain() throws IOException {
        final Path tree = tree(10_000);
        TreePacker.pack(tree, folder.resolve("1.tar"), 1 << 20);
        Files.setLastModifiedTime(tree.resolve("b"), FileTime.fromMillis(1));
        TreePacker.pack(tree, folder.resolve("2.tar"), 1 << 20);
        assertEquals(-1, Files.mismatch(folder.resolve("1.tar"), folder.resolve("2.tar")));
    }

    @Test
    void staysWithinTheLimit() throws IOException {
        final Path tree = tree(40_000);
        for (final int limit : new int[] {10_240, 30_000, 64_000, 80_000, 120_000}) {
            final Path archive = folder.resolve(limit + ".tar");
            final int files = TreePacker.pack(tree, archive, limit);
            assertTrue(Files.size(archive) <= limit, () -> "limit " + limit);
            assertEquals(files, read(archive).size());
        }
        assertEquals(1, TreePacker.pack(tree, folder.resolve("last.tar"), 64_000));
    }

    /** Two files of 100 bytes, then a large one. */
    private Path tree(final int large) throws IOException {
        final Path tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("a"));
        final byte[] bytes = new byte[large];
        new Random(3).nextBytes(bytes);
        Files.write(tree.resolve("a/1"), new byte[20_000]);
        Files.write(tree.resolve("a/" + LONG_NAME), bytes);
        Files.write(tree.resolve("b"), bytes);
        return tree;
    }

    private static Map<String, byte[]> read(final Path archive) throws IOException {
        final Map<String, byte[]> entries = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), tar.readAllBytes());
            }
        }
        return entries;
    }
}
