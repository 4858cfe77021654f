package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UringBlockDeviceTest {
    private static final int SIZE = 1 << 20;
    private static final int RWF_DSYNC = 2;

    @TempDir
    Path dir;

    private Path image() throws IOException {
        final byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        return Files.write(dir.resolve("disk.img"), bytes);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatTheArgumentsRuleOut(final RingKind kind) throws IOException {
        final byte[] before = Files.readAllBytes(image());
        try (Disk disk = new Disk(kind.open(), image(), DiskOptions.DEFAULT)) {
            final int sector = disk.device.sectorSize();
            assertEquals(Status.INVALID, disk.write(new byte[sector], 1, false));
            assertEquals(Status.INVALID, disk.write(new byte[sector + 1], 0, false));
            assertEquals(Status.INVALID, disk.write(new byte[0], 0, false));
            assertEquals(Status.INVALID, disk.zero(0, 0, true));
            assertEquals(Status.OUT_OF_RANGE, disk.write(new byte[sector], SIZE, false));
            assertEquals(Status.OUT_OF_RANGE, disk.write(new byte[2 * sector], SIZE - sector, true));
            assertEquals(Status.OUT_OF_RANGE, disk.read(new byte[sector], -sector));
            assertEquals(Status.OUT_OF_RANGE, disk.read(new byte[sector], Long.MAX_VALUE & -sector));
            assertEquals(Status.OUT_OF_RANGE, disk.zero(0, Long.MAX_VALUE & -sector, false));
            assertTrue(disk.device.read(1000, disk.memory.address() + 1, sector, 0));
            assertEquals(Status.INVALID, disk.await(1000));
            assertEquals(0, disk.device.inFlight());
        }
        assertArrayEquals(before, Files.readAllBytes(dir.resolve("disk.img")));
    }

    @ParameterizedTest
    @EnumSource
    void completesFromPollOnly(final RingKind kind) throws IOException {
        try (Disk disk = new Disk(kind.open(), image(), DiskOptions.DEFAULT)) {
            assertTrue(disk.device.flush(1));
            assertTrue(disk.device.read(2, disk.memory.address(), 1, 0));
            disk.ring.submit();
            assertTrue(disk.completed.isEmpty());
            assertEquals(Status.OK, disk.await(1));
            assertEquals(Status.INVALID, disk.await(2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyDiskTakesNoWrites(final RingKind kind) throws IOException {
        try (Disk disk = new Disk(kind.open(), image(), DiskOptions.DEFAULT.readOnly(true))) {
            assertEquals(Status.READ_ONLY, disk.write(new byte[4096], 0, false));
            assertEquals(Status.READ_ONLY, disk.zero(0, 4096, true));
            final byte[] bytes = new byte[4096];
            assertEquals(Status.OK, disk.read(bytes, 4096));
            assertEquals(Files.readAllBytes(dir.resolve("disk.img"))[4096], bytes[0]);
            assertEquals(Status.OK, disk.flush());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadPastTheEndOfATruncatedFileFails(final RingKind kind) throws IOException {
        final Path path = image();
        try (Disk disk = new Disk(kind.open(), path, DiskOptions.DEFAULT);
            RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
            other.setLength(SIZE / 2 + 100);
            assertEquals(Status.OK, disk.read(new byte[4096], SIZE / 2 - 4096));
            assertEquals(Status.IO_ERROR, disk.read(new byte[8192], SIZE / 2 - 4096));
            assertEquals(Status.IO_ERROR, disk.read(new byte[4096], SIZE / 2));
            assertEquals(Status.IO_ERROR, disk.read(new byte[4096], SIZE - 4096));
        }
    }

    @Test
    void aWriteIsDurableWhenItIsAskedTo() throws IOException {
        final FaultyRing ring = FaultyRing.over(RingKind.SYSCALLS.open(), 0, 0);
        try (Disk disk = new Disk(ring.proxy(), image(), DiskOptions.DEFAULT)) {
            assertEquals(Status.OK, disk.write(new byte[4096], 0, false));
            assertEquals(0, ring.rwFlags);
            assertEquals(Status.OK, disk.write(new byte[4096], 0, true));
            assertEquals(RWF_DSYNC, ring.rwFlags);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "write, 5, IO_ERROR", "write, 28, NO_SPACE", "write, 122, NO_SPACE", "write, 27, NO_SPACE",
        "write, 30, READ_ONLY", "write, 1, READ_ONLY", "write, 13, READ_ONLY", "write, 9, READ_ONLY",
        "write, 19, DEVICE_GONE", "read, 6, DEVICE_GONE", "read, 123, DEVICE_GONE", "read, 22, INVALID",
        "read, 95, NOT_SUPPORTED", "read, 110, TIMED_OUT", "read, 61, IO_ERROR", "read, 11, IO_ERROR",
        "fsync, 5, IO_ERROR", "fsync, 28, NO_SPACE", "fallocate, 28, NO_SPACE", "fallocate, 5, IO_ERROR"})
    void errorsOfTheSystemAreNamed(final String call, final int errno, final Status expected) throws IOException {
        final FaultyRing ring = FaultyRing.over(RingKind.SYSCALLS.open(), 0, 0);
        try (Disk disk = new Disk(ring.proxy(), image(), DiskOptions.DEFAULT)) {
            ring.failing = call;
            ring.errno = errno;
            final Status status = switch (call) {
                case "write" -> disk.write(new byte[4096], 0, true);
                case "read" -> disk.read(new byte[4096], 0);
                case "fsync" -> disk.flush();
                default -> disk.zero(0, 4096, false);
            };
            assertEquals(expected, status);
            ring.errno = 0;
            assertEquals(Status.OK, disk.flush());
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesAsManyOperationsAsItsDepth(final RingKind kind) throws IOException {
        try (Disk disk = new Disk(kind.open(), image(), DiskOptions.DEFAULT.queueDepth(3))) {
            assertTrue(disk.device.read(1, disk.memory.address(), 4096, 0));
            assertTrue(disk.device.flush(2));
            assertTrue(disk.device.read(3, disk.memory.address(), 1, 0));
            assertFalse(disk.device.flush(4));
            assertFalse(disk.device.read(5, disk.memory.address(), 1, 0));
            assertThrows(IllegalStateException.class, disk.device::close);
            assertEquals(Status.OK, disk.await(1));
            assertEquals(Status.OK, disk.await(2));
            assertEquals(Status.INVALID, disk.await(3));
            assertTrue(disk.device.flush(6));
            assertEquals(Status.OK, disk.await(6));
            assertTrue(disk.completed.isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullRingIsBackPressureForNewOperations(final RingKind kind) throws IOException {
        try (Disk disk = new Disk(kind.open(4, 4), image(), DiskOptions.DEFAULT)) {
            for (int i = 0; i < 4; i++) {
                assertTrue(disk.device.read(i, disk.memory.address(), 4096, 0));
            }
            assertFalse(disk.device.read(4, disk.memory.address(), 4096, 0));
            assertEquals(4, disk.device.inFlight());
            for (int i = 0; i < 4; i++) {
                assertEquals(Status.OK, disk.await(i));
            }
            assertTrue(disk.completed.isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void zeroedEdgesOfABlockReadAsZerosAndSpareTheirNeighbours(final RingKind kind) throws IOException {
        final byte[] model = Files.readAllBytes(image());
        try (Disk disk = new Disk(kind.open(), image(), DiskOptions.DEFAULT)) {
            final int sector = disk.device.sectorSize();
            for (int i = 1; i < 16; i++) {
                final int offset = i * 60_000 / sector * sector;
                final int length = i * 3 * sector;
                assertEquals(Status.OK, disk.zero(offset, length, (i & 1) == 0));
                java.util.Arrays.fill(model, offset, offset + length, (byte) 0);
                final byte[] bytes = new byte[SIZE];
                assertEquals(Status.OK, disk.read(bytes, 0));
                assertArrayEquals(model, bytes);
            }
            assertEquals(Status.OK, disk.flush());
        }
        assertArrayEquals(model, Files.readAllBytes(dir.resolve("disk.img")));
        assertEquals(SIZE, Files.size(dir.resolve("disk.img")));
    }

    @ParameterizedTest
    @EnumSource
    void allocatesNothing(final RingKind kind) throws IOException {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Ring ring = kind.open(64, 64);
            NativeMemory memory = NativeMemory.map(64 * 4096);
            UringBlockDevice device = UringBlockDevice.open(ring, image(), DiskOptions.DEFAULT.direct(false))) {
            final long[] done = new long[2];
            device.listener((token, status) -> {
                done[0]++;
                done[1] += status == Status.OK ? 0 : 1;
            });
            ring.registerBuffer(memory.address(), memory.length());
            final int count = 100_000;
            run(ring, device, memory, done, count);
            final long before = threads.getCurrentThreadAllocatedBytes();
            run(ring, device, memory, done, count);
            final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertEquals(0, done[1]);
            assertTrue(allocated < 10_000, allocated + " bytes for " + count + " operations");
        }
    }

    private static void run(
        final Ring ring, final UringBlockDevice device, final NativeMemory memory, final long[] done,
        final int count) {
        final long end = done[0] + count;
        int started = 0;
        while (done[0] < end) {
            ring.poll();
            while (started < count && device.inFlight() < 32) {
                final long offset = (started & 63) * 4096L;
                final long address = memory.address() + offset;
                final boolean taken = (started & 3) == 0 ?
                    device.read(started, address, 4096, offset) :
                    device.write(started, address, 4096, offset, false);
                started += taken ? 1 : 0;
            }
            ring.await(1_000_000);
        }
    }
}
