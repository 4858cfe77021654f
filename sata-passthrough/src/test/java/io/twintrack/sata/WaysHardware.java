package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.sata.SataOptions.Way;
import io.twintrack.sata.lab.Guest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In the guest: every way to send commands, trims, caches, and what disks say of themselves. */
@Timeout(180)
class WaysHardware {
    private static final int BLOCK = 4096;

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    private static void assertWorks(final String path, final Way way, final int stamp) {
        try (DiskUser disk = new DiskUser(path, SataOptions.DEFAULT.way(way).commands(4))) {
            disk.stamp(0, 3 * BLOCK, stamp);
            final long[] tokens = new long[8];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = disk.startWrite(0, 3 * BLOCK, i * 3L * BLOCK, i % 2 == 0);
            }
            for (final long token : tokens) {
                assertEquals(Status.OK, disk.await(token), disk.device.describe());
            }
            assertEquals(Status.OK, disk.flush());
            assertEquals(Status.OK, disk.read(1 << 20, 3 * BLOCK, 21L * BLOCK));
            disk.assertStamped(1 << 20, 3 * BLOCK, stamp);
            assertEquals(Status.OUT_OF_RANGE, disk.read(0, BLOCK, 64 << 20));
            assertEquals(Status.INVALID, disk.read(0, 100, 0));
        }
    }

    @Test
    void everyPathAndWay() throws IOException {
        final String block = Guest.disk("LAB5");
        final SysDisk disk = SysDisk.find(block, SysFiles.SYSTEM);
        assertWorks(block, Way.AUTO, 1 << 20);
        assertWorks("/dev/" + disk.sg(), Way.AUTO, 2 << 20);
        assertWorks("/dev/" + disk.sg(), Way.LANES, 3 << 20);
        assertWorks(block, Way.LANES, 4 << 20);
        final Path bsg =
            Path.of("/dev/bsg", Path.of("/sys/block", disk.block(), "device").toRealPath().getFileName().toString());
        assertWorks(bsg.toString(), Way.AUTO, 5 << 20);
        assertWorks(link("block", Path.of(block)), Way.LANES, 6 << 20);
        assertWorks(link("generic", Path.of("/dev", disk.sg())), Way.AUTO, 7 << 20);
        assertWorks(link("scsi", bsg), Way.AUTO, 8 << 20);
    }

    private static String link(final String name, final Path to) throws IOException {
        final Path link = Path.of("/dev/shm", "link-" + name);
        Files.deleteIfExists(link);
        return Files.createSymbolicLink(link, to).toString();
    }

    @Test
    void aLongTransferIsCutIntoWhatTheSystemTakes() {
        try (DiskUser disk = new DiskUser(Guest.disk("LAB0"), SataOptions.DEFAULT)) {
            final int length = 3 << 20;
            disk.stamp(0, length, 9);
            assertEquals(Status.OK, disk.write(0, length, BLOCK, false));
            assertEquals(Status.OK, disk.read(4 << 20, length, BLOCK));
            disk.assertStamped(4 << 20, length, 9);
            System.err.println("[guest] 3 MiB there and back: " + disk.device.counters());
            final int most = SysDisk.find(Guest.disk("LAB0"), SysFiles.SYSTEM).maxTransfer();
            assertTrue(most < length && most >= 128 << 10, () -> "the system takes " + most);
            assertEquals(2L * ((length + most - 1) / most), disk.count(SataCounter.COMMANDS), "as few as can be");
            assertEquals(0, disk.count(SataCounter.INDIRECT_TRANSFERS), "sg has allow_dio=1");
        }
    }

    @Test
    void zeroingWithoutAPromiseWritesZeros() {
        try (DiskUser disk = new DiskUser(Guest.disk("LAB0"), SataOptions.DEFAULT)) {
            disk.fill(0, 8 * BLOCK, 7);
            assertEquals(Status.OK, disk.write(0, 8 * BLOCK, 0, false));
            assertEquals(Status.OK, disk.zero(BLOCK, 4 * BLOCK, false));
            assertEquals(0, disk.count(SataCounter.TRIMS));
            assertZeros(disk, BLOCK, 4 * BLOCK);
        }
    }

    /** On physical sectors of 4 KiB, from the middle of one to the middle of another. */
    @Test
    void whatIsTrimmedReadsAsZerosHereAndOnTheHostAndTakesNoRoom() throws IOException {
        final int length = 1 << 20;
        try (DiskUser disk = new DiskUser(Guest.disk("LAB4"), SataOptions.DEFAULT.trustTrim(true))) {
            assertEquals(BLOCK, disk.device.physicalSectorSize());
            disk.fill(0, length, 7);
            assertEquals(Status.OK, disk.write(0, length, 0, false));
            assertEquals(Status.OK, disk.flush());
            final long before = blocksOnHost();
            assertEquals(Status.OK, disk.zero(512, length - 1024, true));
            assertEquals(Status.OK, disk.flush());
            assertTrue(disk.count(SataCounter.TRIMS) > 0, () -> disk.device.counters().toString());
            assertZeros(disk, 512, length - 1024);
            assertEquals(Status.OK, disk.read(0, 512, 0));
            disk.assertFilled(0, 512, 7);
            assertEquals(Status.OK, disk.read(0, 512, length - 512));
            disk.assertFilled(0, 512, 7);
            assertZerosWithin(Guest.image("LAB4"), length);
            assertTrue(blocksOnHost() < before, "the host got no room back: " + blocksOnHost() + " of " + before);
        }
        assertZerosWithin(Path.of(Guest.disk("LAB4")), length);
    }

    /** All but the first and the last sector. */
    private static void assertZerosWithin(final Path file, final int length) throws IOException {
        final byte[] expected = new byte[length];
        Arrays.fill(expected, 0, 512, (byte) 7);
        Arrays.fill(expected, length - 512, length, (byte) 7);
        try (InputStream in = Files.newInputStream(file)) {
            assertEquals(-1, Arrays.mismatch(expected, in.readNBytes(length)), "the first byte that is wrong");
        }
    }

    private static long blocksOnHost() {
        return Long.parseLong(Guest.busybox("stat", "-c", "%b", Guest.image("LAB4").toString()).strip());
    }

    private static void assertZeros(final DiskUser disk, final int offset, final int length) {
        disk.fill(0, length, 1);
        assertEquals(Status.OK, disk.read(0, length, offset));
        disk.assertFilled(0, length, 0);
    }

    @Test
    void flushIsSentToADiskWithoutACacheToo() {
        final String path = Guest.disk("LAB5");
        try {
            setWriteCache(path, 0x82);
            try (DiskUser disk = new DiskUser(path, SataOptions.DEFAULT)) {
                assertTrue(disk.device.describe().contains("write cache off"), disk.device.describe());
                assertEquals(Status.OK, disk.flush());
                assertEquals(1, disk.count(SataCounter.FLUSHES));
            }
        } finally {
            setWriteCache(path, 0x02);
        }
        assertTrue(SataDisk.look(path).writeCache());
    }

    private static void setWriteCache(final String path, final int feature) {
        try (AtaDialogue dialogue = AtaDialogue.open(path)) {
            assertEquals(AtaFault.NONE, dialogue.execute(AtaCommand.SET_FEATURES, 0, 0, feature, 0));
        }
    }

    @Test
    void healthIsToldBySmart() {
        final DiskHealth health = SataDisk.health(Guest.disk("LAB5"));
        System.err.println("[guest] " + health);
        assertEquals(DiskHealth.Verdict.PASSED, health.verdict());
        assertEquals(0, health.reallocatedSectors());
        assertTrue(health.powerOnHours() >= 0);
        assertTrue(health.temperature() > 0);
        assertTrue(health.warnings(DiskHealth.Thresholds.DEFAULT).isEmpty());
        assertFalse(health.warnings(new DiskHealth.Thresholds(1, 0, 0, 0)).isEmpty());
    }

    /** While it is in use, beside the commands of its user. */
    @Test
    void aThresholdIsToldByTheWatch() {
        final List<String> told = new CopyOnWriteArrayList<>();
        try (DiskUser disk = new DiskUser(Guest.disk("LAB5"), SataOptions.DEFAULT);
             DiskWatch watch = DiskWatch.start(new DiskHealth.Thresholds(1, 0, 0, 0), TimeUnit.HOURS.toNanos(1),
                 (device, concerns) -> told.addAll(concerns))) {
            watch.add(disk.device);
            Guest.until(() -> disk.read(0, BLOCK, 0) == Status.OK && !told.isEmpty(), 20, "that it is warm");
            assertTrue(told.get(0).endsWith(" degrees Celsius, the threshold is 1"), told::toString);
        }
    }

    /** An unknown command, in the fixed form of sense data, and in the form of descriptors. */
    @Test
    void registersAreFoundInBothFormsOfSenseData() {
        final String path = Guest.disk("LAB5");
        try (AtaDialogue dialogue = AtaDialogue.open(path)) {
            assertAborts(dialogue, false);
            selectDescriptors(path, true);
            try {
                assertAborts(dialogue, true);
                assertEquals(Boolean.FALSE, dialogue.isSmartFailing());
            } finally {
                selectDescriptors(path, false);
            }
        }
    }

    private static void assertAborts(final AtaDialogue dialogue, final boolean descriptors) {
        // Of the reserved features of SET FEATURES.
        assertEquals(AtaFault.ABORTED, dialogue.execute(AtaCommand.SET_FEATURES, 0, 0, 0xFE, 0));
        System.err.println("[guest] " + dialogue.sense());
        assertEquals(descriptors, dialogue.sense().isDescriptor());
        assertTrue(dialogue.sense().hasRegisters(), () -> dialogue.sense().toString());
        assertEquals(0x04, dialogue.sense().error());
    }

    /** D_SENSE of the control mode page (SPC-5, 7.5.9) by MODE SELECT (10). */
    private static void selectDescriptors(final String path, final boolean on) {
        final long address = Libc.mapPages(4096);
        final UnsafeBuffer memory = new UnsafeBuffer(address, 4096);
        memory.putByte(256, (byte) 0x55);
        memory.putByte(257, (byte) 0x10);
        memory.putByte(264, (byte) 20);
        memory.putByte(512 + 8, (byte) 0x0A);
        memory.putByte(512 + 9, (byte) 0x0A);
        memory.putByte(512 + 10, (byte) (on ? 0x06 : 0x02));
        memory.putByte(512 + 8 + 8, (byte) 0xFF);
        memory.putByte(512 + 8 + 9, (byte) 0xFF);
        memory.putByte(512 + 8 + 11, (byte) 30);
        final SgHeaderV3 header = new SgHeaderV3().wrap(memory, 0);
        header.put(AtaCommand.Direction.OUT, address + 256, address + 128, 64, address + 512, 20, 5000, 0);
        memory.putByte(8, (byte) 10);
        final int fd = OpenFile.open(path, Libc.O_RDWR | Libc.O_NONBLOCK);
        final int result = (int) Libc.ioctl(fd, 0x2285, address);
        Libc.close(fd);
        final String sense = new SenseData().wrap(memory, 128, header.senseLength()).toString();
        final int status = header.deviceStatus();
        Libc.munmap(address, 4096);
        assertEquals(0, result);
        assertEquals(0, status, sense);
    }
}
