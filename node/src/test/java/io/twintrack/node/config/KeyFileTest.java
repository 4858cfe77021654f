package io.twintrack.node.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KeyFileTest {
    @TempDir
    Path folder;

    @Test
    void aNewKeyIsItsOwnersAloneAndNoOtherIsEqual() throws IOException {
        final Path one = folder.resolve("one");
        final Path other = folder.resolve("other");
        KeyFile.create(one);
        KeyFile.create(other);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(one)));
        assertEquals(32, KeyFile.read(one).length);
        assertArrayEquals(KeyFile.read(one), KeyFile.read(one));
        assertFalse(Arrays.equals(KeyFile.read(one), KeyFile.read(other)));
        assertThrows(FileAlreadyExistsException.class, () -> KeyFile.create(one));
    }

    @Test
    void bytesAndTheirBase64AreOneKey() throws IOException {
        final byte[] key = new byte[40];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (i * 37 + 200);
        }
        assertArrayEquals(key, KeyFile.read(file(key)));
        assertArrayEquals(key, KeyFile.read(file((Base64.getEncoder().encodeToString(key) + "\n").getBytes())));
    }

    @Test
    void refusesWhatIsTooShortOrNoKey() throws IOException {
        final Path raw = file(new byte[31]);
        assertTrue(assertThrows(IOException.class, () -> KeyFile.read(raw)).getMessage().contains("31 bytes"));
        // 32 letters that stand for 24 bytes.
        final Path text = file("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY".getBytes());
        assertTrue(assertThrows(IOException.class, () -> KeyFile.read(text)).getMessage().contains("24 bytes"));
        final Path disk = file(new byte[1 << 16]);
        assertTrue(assertThrows(IOException.class, () -> KeyFile.read(disk)).getMessage().contains("no key"));
    }

    @Test
    void refusesAKeyThatEverybodyCanRead() throws IOException {
        final Path key = folder.resolve("key");
        KeyFile.create(key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(32, KeyFile.read(key).length);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(assertThrows(IOException.class, () -> KeyFile.read(key)).getMessage().contains("chmod 600"));
    }

    private Path file(final byte[] content) throws IOException {
        final Path file = Files.createTempFile(folder, "key-", "");
        return Files.write(file, content);
    }
}
