package io.twintrack.node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MetadataFolderTest {
    @TempDir
    Path folder;

    @Test
    void oneNodeAloneHasIt() throws Exception {
        final Path meta = folder.resolve("a/meta");
        try (MetadataFolder held = MetadataFolder.open(meta)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(meta)));
            final CommandFailedException e =
                assertThrows(CommandFailedException.class, () -> MetadataFolder.open(meta), held::toString);
            assertTrue(e.getMessage().startsWith("another node uses the metadata folder " + meta), e.getMessage());
        }
        MetadataFolder.open(meta).close();
    }

    @Test
    void saysWhyItCannotBeMade() throws Exception {
        final Path file = Files.createFile(folder.resolve("file"));
        final CommandFailedException e =
            assertThrows(CommandFailedException.class, () -> MetadataFolder.open(file));
        assertTrue(e.getMessage().startsWith("the metadata folder " + file + " cannot be used: "), e.getMessage());
    }
}
