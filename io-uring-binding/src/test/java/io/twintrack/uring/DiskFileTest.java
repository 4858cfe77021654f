package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be opened, and what is said of the rest. */
class DiskFileTest {
    private static final int SIZE = 1 << 20;

    @TempDir
    Path dir;

    private Path image() throws IOException {
        return Files.write(dir.resolve("disk.img"), new byte[SIZE]);
    }

    private static DiskException refused(final Path path, final DiskOptions options, final String part) {
        final DiskException ex = assertThrows(DiskException.class, () -> DiskFile.open(path, options).close());
        assertTrue(ex.getMessage().startsWith(path.toString()) && ex.getMessage().contains(part), ex.getMessage());
        return ex;
    }

    @Test
    void tellsWhatItFound() throws IOException {
        try (DiskFile file = DiskFile.open(image(), DiskOptions.DEFAULT.minSize(SIZE))) {
            assertEquals(SIZE, file.size());
            assertTrue(file.sectorSize() >= 512 && Integer.bitCount(file.sectorSize()) == 1);
            assertTrue(file.memoryAlignment() >= 1 && Integer.bitCount(file.memoryAlignment()) == 1);
            assertTrue(file.describe().contains("file"), file.describe());
        }
    }

    @Test
    void theSizeIsInWholeSectors() throws IOException {
        final Path path = Files.write(dir.resolve("odd"), new byte[10_000]);
        try (DiskFile file = DiskFile.open(path, DiskOptions.DEFAULT)) {
            assertEquals(10_000 / file.sectorSize() * file.sectorSize(), file.size());
        }
    }

    @Test
    void refusesWithTheReason() throws IOException {
        final Path path = image();
        refused(path, DiskOptions.DEFAULT.minSize(SIZE + 1), SIZE + " bytes, " + (SIZE + 1) + " are needed");
        assertEquals(Errno.ENOENT, refused(dir.resolve("none"), DiskOptions.DEFAULT, "No such file").errno());
        refused(dir, DiskOptions.DEFAULT, "neither a file nor a block device");
        refused(Path.of("/dev/null"), DiskOptions.DEFAULT, "neither a file nor a block device");
        assertThrows(IllegalArgumentException.class, () -> DiskOptions.DEFAULT.queueDepth(0));
        assertThrows(IllegalArgumentException.class, () -> DiskOptions.DEFAULT.minSize(-1));
    }

    @Test
    void aFileSystemWithoutDirectIoIsUsedThroughThePageCache() {
        final Path path = Path.of("/proc/self/environ");
        try (DiskFile file = DiskFile.open(path, DiskOptions.DEFAULT.readOnly(true))) {
            assertTrue(file.describe().contains("page cache"), file.describe());
            assertEquals(1, file.memoryAlignment());
        }
    }

    @Test
    void oneOwnerAtATime() throws IOException {
        final Path path = image();
        try (DiskFile file = DiskFile.open(path, DiskOptions.DEFAULT)) {
            assertEquals(SIZE, file.size());
            refused(path, DiskOptions.DEFAULT, "in use by another process");
            refused(path, DiskOptions.DEFAULT.readOnly(true), "in use by another process");
            try (FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
                assertNull(other.tryLock(), "a lock of another kind");
            }
            assertTrue(Child.run(Opener.class, path.toString()).contains("in use by another process"));
        }
        assertTrue(Child.run(Opener.class, path.toString()).contains("opened"));
        DiskFile.open(path, DiskOptions.DEFAULT).close();
    }

    @Test
    void readersShareAndKeepWritersOut() throws IOException {
        final Path path = image();
        final DiskOptions readOnly = DiskOptions.DEFAULT.readOnly(true);
        try (DiskFile one = DiskFile.open(path, readOnly); DiskFile two = DiskFile.open(path, readOnly)) {
            assertEquals(one.size(), two.size());
            refused(path, DiskOptions.DEFAULT, "in use by another process");
        }
    }

    static final class Opener {
        public static void main(final String[] arguments) {
            try (DiskFile file = DiskFile.open(Path.of(arguments[0]), DiskOptions.DEFAULT)) {
                System.out.println("opened " + file.describe());
            } catch (final DiskException ex) {
                System.out.println(ex.getMessage());
            }
        }
    }

    @Test
    void aFileThatMayNotBeWrittenIsRefused() throws IOException {
        final Path path = image();
        Assumptions.assumeTrue(Child.succeeds("chattr", "+i", path.toString()), "skipped: no immutable files here");
        try {
            assertEquals(Errno.EPERM, refused(path, DiskOptions.DEFAULT, "cannot be opened").errno());
            DiskFile.open(path, DiskOptions.DEFAULT.readOnly(true)).close();
        } finally {
            assertTrue(Child.succeeds("chattr", "-i", path.toString()));
        }
    }

    @Test
    void aFullFileSystemFailsTheWriteAndNotTheDisk() throws IOException {
        final Path mount = Files.createDirectory(dir.resolve("mount"));
        Assumptions.assumeTrue(Child.succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "none", mount.toString()),
            "skipped: cannot mount a small file system");
        try {
            for (final RingKind kind : RingKind.values()) {
                fill(kind, mount.resolve(kind + ".img"));
            }
        } finally {
            assertTrue(Child.succeeds("umount", mount.toString()));
        }
    }

    private static void fill(final RingKind kind, final Path path) throws IOException {
        try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(java.nio.ByteBuffer.allocate(1), 4 * SIZE - 1);
        }
        try (Disk disk = new Disk(kind.open(), path, DiskOptions.DEFAULT)) {
            Status status = Status.OK;
            for (int i = 0; i < 5 && status == Status.OK; i++) {
                status = disk.write(new byte[300 * 1024 & -4096], i * 300 * 1024L & -4096, false);
            }
            assertEquals(Status.NO_SPACE, status);
            assertEquals(Status.OK, disk.zero(0, SIZE, true));
            assertEquals(Status.OK, disk.write(new byte[4096], 0, false));
        }
        Files.delete(path);
    }
}
