package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.sata.lab.Guest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In the guest, on disk LAB0: what is written through the device is on the disk, by every way and every command. */
@Timeout(180)
class SataBlockDeviceHardware {
    private static final String SERIAL = "LAB0";
    private static final int BLOCK = 4096;

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    private static DiskUser open(final SataOptions options) {
        return new DiskUser(Guest.disk(SERIAL), options);
    }

    private static byte[] onHost(final long offset, final int length) throws IOException {
        return bytes(Guest.image(SERIAL), offset, length);
    }

    private static byte[] bytes(final Path file, final long offset, final int length) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            final byte[] bytes = new byte[length];
            open.seek(offset);
            open.readFully(bytes);
            return bytes;
        }
    }

    @Test
    void tellsWhatItIs() {
        try (DiskUser disk = open(SataOptions.DEFAULT)) {
            System.err.println("[guest] " + disk.device.describe());
            assertEquals(64 << 20, disk.device.size());
            assertEquals(512, disk.device.sectorSize());
            assertEquals(new DiskIdentity("TWINTRACK-LAB", "LAB0", 0x5000c500000000a0L, "2.5+"),
                disk.device.identity());
        }
    }

    @Test
    void whatIsWrittenIsOnTheHostsImageAndOnTheBlockDevice() throws IOException {
        final byte[] written;
        try (DiskUser disk = open(SataOptions.DEFAULT)) {
            disk.stamp(0, 1 << 20, 0x1000);
            assertEquals(Status.OK, disk.write(0, 1 << 20, 3 * BLOCK, false));
            assertEquals(Status.OK, disk.flush());
            assertEquals(Status.OK, disk.read(2 << 20, 1 << 20, 3 * BLOCK));
            disk.assertStamped(2 << 20, 1 << 20, 0x1000);
            written = disk.bytes(0, 1 << 20);
            assertArrayEquals(written, onHost(3 * BLOCK, 1 << 20));
        }
        assertArrayEquals(written, bytes(Path.of(Guest.disk(SERIAL)), 3 * BLOCK, 1 << 20));
    }

    /** The system looked at the disk on its own when it found it. */
    @Test
    void isWhatTheSystemSaysOfIt() {
        for (final String serial : new String[] {"LAB0", "LAB4"}) {
            final String path = Guest.disk(serial);
            final Path folder = Path.of("/sys/block", Path.of(path).getFileName().toString());
            final SataDisk disk = SataDisk.look(path);
            assertEquals(serial, disk.identity().serial());
            assertEquals(Guest.text(folder.resolve("device/model")).strip(), disk.identity().model());
            assertEquals(Guest.text(folder.resolve("device/rev")).strip(), disk.identity().firmware());
            assertEquals("naa." + String.format("%016x", disk.identity().wwn()),
                Guest.text(folder.resolve("device/wwid")).strip());
            assertEquals(SysFiles.number(folder.resolve("size"), 0) * 512, disk.size());
            assertEquals(SysFiles.number(folder.resolve("queue/logical_block_size"), 0), disk.logicalSector());
            assertEquals(SysFiles.number(folder.resolve("queue/physical_block_size"), 0), disk.physicalSector());
        }
    }

    /** Its page cache is written when the claim begins and forgotten when it ends. */
    @Test
    void seesWhatWasWrittenToTheBlockDeviceAndTheOtherWayRound() throws IOException {
        final byte[] before = new byte[BLOCK];
        Arrays.fill(before, (byte) 0x3C);
        try (RandomAccessFile block = new RandomAccessFile(Guest.disk(SERIAL), "rw")) {
            block.seek(5 << 20);
            block.write(before);
            try (DiskUser disk = open(SataOptions.DEFAULT)) {
                assertEquals(Status.OK, disk.read(0, BLOCK, 5 << 20));
                disk.assertFilled(0, BLOCK, 0x3C);
                block.seek(5 << 20);
                assertEquals(0x3C, block.read(), "now the page cache holds what is about to be old");
                disk.fill(0, BLOCK, 0x4D);
                assertEquals(Status.OK, disk.write(0, BLOCK, 5 << 20, false));
            }
            block.seek(5 << 20);
            assertEquals(0x4D, block.read());
        }
    }

    @Test
    void aDurableWriteIsOneQueuedCommandAndNoFlush() throws IOException {
        try (DiskUser disk = open(SataOptions.DEFAULT)) {
            for (int i = 0; i < 10; i++) {
                disk.stamp(0, BLOCK, i << 16);
                assertEquals(Status.OK, disk.write(0, BLOCK, 6 << 20, true));
                assertArrayEquals(disk.bytes(0, BLOCK), onHost(6 << 20, BLOCK));
            }
            assertEquals(10, disk.count(SataCounter.QUEUED_COMMANDS));
            assertEquals(10, disk.count(SataCounter.COMMANDS));
            assertEquals(0, disk.count(SataCounter.FLUSHES));
            assertEquals(0, disk.count(SataCounter.FLUSHES_FOR_DURABLE_WRITES));
            assertEquals(Status.OK, disk.flush());
            assertEquals(1, disk.count(SataCounter.FLUSHES));
            assertEquals(11, disk.count(SataCounter.COMMANDS));
        }
    }

    /**
     * The virtual machine compiles meanwhile, which costs a thread a little now and then: less than a byte a command.
     */
    @Test
    void commandsAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (SataBlockDevice device = SataBlockDevice.open(Guest.disk(SERIAL), SataOptions.DEFAULT, () -> { })) {
            final long memory = Libc.mapPages(1 << 20);
            final long[] ended = new long[1];
            device.listener((token, status) -> ended[0] += status == Status.OK ? 1 : 1 << 20);
            cycles(device, memory, ended, 500);
            final long before = threads.getCurrentThreadAllocatedBytes();
            cycles(device, memory, ended, 2000);
            final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            Libc.munmap(memory, 1 << 20);
            System.err.println("[guest] " + bytes + " bytes for 6000 commands");
            assertTrue(bytes < 6000, bytes + " bytes for 6000 commands");
        }
    }

    private static void cycles(
        final SataBlockDevice device, final long memory, final long[] ended, final int cycles) {
        for (int i = 0; i < cycles; i++) {
            ended[0] = 0;
            device.write(1, memory, BLOCK, (long) i % 64 * BLOCK, false);
            device.write(2, memory, BLOCK, (64 + (long) i % 64) * BLOCK, true);
            device.read(3, memory + BLOCK, BLOCK, (128 + (long) i % 64) * BLOCK);
            final long beganNs = System.nanoTime();
            while (ended[0] != 3 && System.nanoTime() - beganNs < 10_000_000_000L) {
                device.poll();
            }
            if (ended[0] != 3) {
                throw new AssertionError("ended " + ended[0]);
            }
        }
    }

    @Test
    void aFullQueueOfRandomWritesHoldsWhatWasWrittenLast() throws IOException {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final int blocks = 1024;
        final long[] versions = new long[blocks];
        try (DiskUser disk = open(SataOptions.DEFAULT)) {
            for (int round = 0; round < 20; round++) {
                final long[] tokens = new long[32];
                for (int i = 0; i < tokens.length; i++) {
                    // A stripe of its own for each, so that no two overlap.
                    final int block = i * (blocks / 32) + random.nextInt(blocks / 32);
                    versions[block] = random.nextLong() & -BLOCK;
                    disk.stamp(i * BLOCK, BLOCK, versions[block]);
                    tokens[i] = disk.startWrite(i * BLOCK, BLOCK, (long) block * BLOCK, random.nextInt(8) == 0);
                }
                for (final long token : tokens) {
                    assertEquals(Status.OK, disk.await(token), "seed " + seed);
                }
            }
            assertTrue(disk.count(SataCounter.QUEUED_COMMANDS) >= 640, () -> disk.device.counters().toString());
            assertEquals(31, disk.count(SataCounter.MOST_IN_FLIGHT), "all requests of the system but one");
            assertEquals(Status.OK, disk.read(0, blocks * BLOCK, 0));
            for (int block = 0; block < blocks; block++) {
                if (versions[block] != 0) {
                    disk.assertStamped(block * BLOCK, BLOCK, versions[block]);
                }
            }
            assertArrayEquals(disk.bytes(0, blocks * BLOCK), onHost(0, blocks * BLOCK), "seed " + seed);
            System.err.println("[guest] " + disk.device.counters());
        }
    }
}
