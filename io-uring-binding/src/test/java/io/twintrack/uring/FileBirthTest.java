package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBirthTest {
    @TempDir
    private Path folder;

    private Optional<Instant> made(final Path file) throws IOException {
        Files.createFile(file);
        final Optional<Instant> birth = FileBirth.of(file);
        assumeTrue(birth.isPresent(), "this file system does not keep when a file was made");
        return birth;
    }

    @Test
    void itStaysWhenTheFileChanges() throws IOException {
        final Path file = folder.resolve("a");
        final Optional<Instant> birth = made(file);
        Files.writeString(file, "changed");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertEquals(birth, FileBirth.of(file));
        assertTrue(birth.get().isAfter(Instant.EPOCH));
        assertFalse(birth.get().isAfter(Instant.now()));
    }

    /** Clocks of file systems go in steps of some milliseconds: of files made one after the other one is later. */
    @Test
    void aFileThatIsMadeInThePlaceOfAnotherHasItsOwn() throws IOException {
        final Path file = folder.resolve("a");
        final Optional<Instant> birth = made(file);
        Optional<Instant> next = birth;
        for (int i = 0; i < 1_000_000 && next.equals(birth); i++) {
            Files.delete(file);
            next = made(file);
        }
        assertNotEquals(birth, next);
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        assertThrows(IOException.class, () -> FileBirth.of(folder.resolve("none")));
    }
}
