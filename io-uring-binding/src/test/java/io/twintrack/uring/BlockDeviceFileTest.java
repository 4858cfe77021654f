package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real block devices: loop devices over a file, where we may make them. */
class BlockDeviceFileTest {
    private static final int SIZE = 4 << 20;

    @TempDir
    Path dir;
    private Path loop;

    private void attach(final int sectorSize) throws IOException {
        final Path image = Files.write(dir.resolve("backing"), new byte[SIZE]);
        final String name =
            Child.output("losetup", "--find", "--show", "--sector-size", "" + sectorSize, image.toString());
        Assumptions.assumeTrue(name.startsWith("/dev/loop"), "skipped: no loop device: " + name);
        loop = Path.of(name.strip());
    }

    @AfterEach
    void detach() throws IOException {
        if (loop != null) {
            assertTrue(Child.succeeds("losetup", "--detach", loop.toString()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void worksLikeAFile(final RingKind kind) throws IOException {
        attach(512);
        try (Disk disk = new Disk(kind.open(), loop, DiskOptions.DEFAULT)) {
            assertEquals(SIZE, disk.device.size());
            assertEquals(512, disk.device.sectorSize());
            final byte[] model = new byte[SIZE / 4];
            new Random(3).nextBytes(model);
            assertEquals(Status.OK, disk.write(model, 0, true));
            assertEquals(Status.OK, disk.zero(512, 5 * 512, true));
            Arrays.fill(model, 512, 6 * 512, (byte) 0);
            assertEquals(Status.OK, disk.zero(8192 + 512, 9 * 512, false));
            Arrays.fill(model, 8192 + 512, 8192 + 10 * 512, (byte) 0);
            assertEquals(Status.OK, disk.flush());
            final byte[] read = new byte[model.length];
            assertEquals(Status.OK, disk.read(read, 0));
            assertArrayEquals(model, read);
            assertEquals(Status.OUT_OF_RANGE, disk.write(new byte[512], SIZE, false));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEFERRED", "SYSCALLS"})
    void asksForTheSectorsOfTheDevice(final RingKind kind) throws IOException {
        attach(4096);
        try (Disk disk = new Disk(kind.open(), loop, DiskOptions.DEFAULT)) {
            assertEquals(4096, disk.device.sectorSize());
            assertEquals(Status.INVALID, disk.write(new byte[512], 512, false));
            assertEquals(Status.OK, disk.write(new byte[4096], 4096, false));
            assertEquals(Status.OK, disk.zero(4096, 8192, false));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DEFERRED")
    void oneOwnerAtATime(final RingKind kind) throws IOException {
        attach(512);
        try (Disk disk = new Disk(kind.open(), loop, DiskOptions.DEFAULT)) {
            assertEquals(SIZE, disk.device.size());
            final DiskException ex =
                assertThrows(DiskException.class, () -> DiskFile.open(loop, DiskOptions.DEFAULT).close());
            assertTrue(ex.getMessage().contains("in use by another process or mounted"), ex.getMessage());
        }
        DiskFile.open(loop, DiskOptions.DEFAULT).close();
    }
}
