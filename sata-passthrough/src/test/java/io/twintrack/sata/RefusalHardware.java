package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.sata.lab.Guest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In the guest: what must not be written past the system is refused, and the refusal says why. */
@Timeout(180)
class RefusalHardware {
    private static final Path MOUNTPOINT = Path.of("/dev/shm/mnt");

    @BeforeAll
    static void requireGuest() throws IOException {
        Guest.require();
        Files.createDirectories(MOUNTPOINT);
    }

    private static void assertRefused(final String path, final SataOptions options, final String reason) {
        final SataException e =
            assertThrows(SataException.class, () -> SataBlockDevice.open(path, options, () -> { }).close());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private static void assertRefused(final String path, final String reason) {
        assertRefused(path, SataOptions.DEFAULT, reason);
    }

    private static void assertTaken(final String path) {
        SataBlockDevice.open(path, SataOptions.DEFAULT, () -> { }).close();
    }

    @Test
    void aMountedDisk() {
        final String disk = Guest.disk("LAB4");
        Guest.busybox("mke2fs", "-F", disk);
        Guest.busybox("mount", "-t", "ext4", disk, MOUNTPOINT.toString());
        try {
            assertRefused(disk, disk + " is mounted on " + MOUNTPOINT);
            assertRefused("/dev/" + SysDisk.find(disk, SysFiles.SYSTEM).sg(), "is mounted on");
        } finally {
            Guest.busybox("umount", MOUNTPOINT.toString());
        }
        assertTaken(disk);
    }

    @Test
    void aDiskWithAMountedPartitionAndThePartitionItself() throws IOException {
        final String disk = Guest.disk("LAB4");
        partition(disk, 2048, 40960);
        Guest.busybox("blockdev", "--rereadpt", disk);
        Guest.until(() -> Files.exists(Path.of(disk + '1')), 10, "the partition");
        Guest.busybox("mke2fs", "-F", disk + '1');
        Guest.busybox("mount", "-t", "ext4", disk + '1', MOUNTPOINT.toString());
        try {
            assertRefused(disk, disk + "1 is mounted on " + MOUNTPOINT);
            assertRefused(disk + '1', "is a partition");
        } finally {
            Guest.busybox("umount", MOUNTPOINT.toString());
        }
        partition(disk, 0, 0);
        Guest.busybox("blockdev", "--rereadpt", disk);
    }

    /** A master boot record with one entry, or none. */
    private static void partition(final String disk, final int first, final int sectors) throws IOException {
        final ByteBuffer record = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        if (sectors != 0) {
            record.put(446 + 4, (byte) 0x83).putInt(446 + 8, first).putInt(446 + 12, sectors);
            record.putShort(510, (short) 0xAA55);
        }
        try (RandomAccessFile file = new RandomAccessFile(disk, "rw")) {
            file.write(record.array());
            file.getFD().sync();
        }
    }

    @Test
    void aDiskThatIsSwappedTo() {
        final String disk = Guest.disk("LAB5");
        Guest.busybox("mkswap", disk);
        Guest.busybox("swapon", disk);
        try {
            assertRefused(disk, "is in use as swap");
        } finally {
            Guest.busybox("swapoff", disk);
        }
        assertTaken(disk);
    }

    @Test
    void aDiskUnderAnLvmVolume() {
        final String disk = Guest.disk("LAB5");
        try (MappedDisk volume = new MappedDisk("vg0-data", "LVM-1234", disk)) {
            assertRefused(disk, "is in use by the LVM volume vg0-data");
        }
        try (MappedDisk other = new MappedDisk("crypt", "CRYPT-1234", disk)) {
            assertRefused(disk, "is in use by the device mapper's crypt");
        }
        assertTaken(disk);
    }

    /** admin-guide/md: an array is made and taken apart in sysfs. */
    @Test
    void aDiskInARaidArray() throws IOException {
        final String disk = Guest.disk("LAB5");
        final Path holders = Path.of("/sys/block", Path.of(disk).getFileName().toString(), "holders");
        Files.writeString(Path.of("/sys/module/md_mod/parameters/new_array"), "md9");
        final Path array = Path.of("/sys/block/md9/md");
        Files.writeString(array.resolve("new_dev"), Guest.text(holders.resolveSibling("dev")).strip());
        try {
            assertRefused(disk, "is in use by the RAID array md9 (md)");
        } finally {
            Files.writeString(array.resolve("array_state"), "clear");
        }
        Guest.until(() -> SysFiles.names(holders).isEmpty(), 10, "the array's end");
        assertTaken(disk);
    }

    @Test
    void aDiskThatAnotherHasAndThenNobodyElseGets() {
        final String disk = Guest.disk("LAB5");
        try (DiskUser first = new DiskUser(disk, SataOptions.DEFAULT)) {
            assertRefused(disk, "is in use by another process");
            assertThrows(AssertionError.class,
                () -> Guest.busybox("mount", "-t", "ext4", disk, MOUNTPOINT.toString()), "mounted although claimed");
            assertEquals(Status.OK, first.read(0, 4096, 0));
        }
        assertTaken(disk);
    }

    @Test
    void whatIsNoAtaDisk() {
        assertRefused(Guest.disk("SCSI0"), "is not an ATA disk");
        assertRefused("/dev/vda", "is not an ATA disk");
        assertRefused("/dev/null", "is not an ATA disk");
        assertRefused("/dev/sdzz", "does not exist");
    }

    @Test
    void aDiskThatIsSmallerThanItsVolume() {
        assertRefused(Guest.disk("LAB5"), SataOptions.DEFAULT.minSize(65 << 20), "are needed");
    }
}
