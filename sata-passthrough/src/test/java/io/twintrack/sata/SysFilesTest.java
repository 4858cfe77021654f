package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel's files say of a disk and of who uses it; the files are written here as the kernel writes them. */
class SysFilesTest {
    @TempDir
    Path folder;
    private SysFiles files;

    private void write(final String path, final String text) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text + '\n');
    }

    @BeforeEach
    void oneDiskWithOnePartition() throws IOException {
        files = new SysFiles(folder.resolve("sys"), folder.resolve("proc"));
        final String disk = "sys/class/block/sda/";
        write(disk + "dev", "8:0");
        write(disk + "size", "131072");
        write(disk + "queue/max_hw_sectors_kb", "32767");
        write(disk + "queue/max_segments", "168");
        write(disk + "device/queue_depth", "32");
        write(disk + "device/scsi_disk/0:0:0:0/x", "");
        write(disk + "device/scsi_generic/sg3/x", "");
        write("sys/class/scsi_host/host0/can_queue", "32");
        write(disk + "sda1/partition", "1");
        write("sys/class/block/sda1/partition", "1");
        write("sys/class/block/sda1/dev", "8:1");
        write("sys/class/scsi_generic/sg3/device/block/sda/x", "");
        write("sys/class/bsg/0:0:0:0/device/block/sda/x", "");
        write("proc/self/mountinfo", "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw");
        write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority");
    }

    /** A path's last name leads on; /dev itself is not there. */
    private SysDisk find(final String path) throws IOException {
        write(path, "");
        return SysDisk.find(folder.resolve(path).toString(), files);
    }

    @Test
    void aDiskIsFoundByEveryPath() throws IOException {
        for (final String path : new String[] {"dev/sda", "dev/sg3", "dev/bsg/0:0:0:0"}) {
            final SysDisk disk = find(path);
            assertEquals("sda", disk.block());
            assertEquals("/dev/sg3", disk.commandPath());
            assertEquals(64 << 20, disk.size());
            assertEquals(32, disk.queueDepth());
            assertEquals(167 * 4096, disk.maxTransfer(), "167 scattered pages");
        }
        assertEquals(1, SysDisk.all(files).size());
    }

    /** Links have names of their own choice, such as those of udev; that of a bsg device may hide its folder. */
    @Test
    void aDiskIsFoundByALinkToEachOfItsPaths() throws IOException {
        for (final String path : new String[] {"dev/sda", "dev/sg3", "dev/bsg/0:0:0:0"}) {
            write(path, "");
            final Path link = folder.resolve("dev/disk/by-id/ata-to-" + Path.of(path).getFileName());
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, folder.resolve(path));
            final SysDisk disk = SysDisk.find(link.toString(), files);
            assertEquals("sda", disk.block(), path);
            assertEquals(path.contains("bsg"), disk.bsg(), path);
            assertEquals(link.toString(), disk.path(), "messages name what was configured");
        }
        final Path misleading = folder.resolve("dev/bsg/sg3");
        Files.createSymbolicLink(misleading, folder.resolve("dev/sg3"));
        assertFalse(SysDisk.find(misleading.toString(), files).bsg());
    }

    /** Linux, drivers/scsi/sg.c: there are can_queue requests, and who finds none sleeps until one is free. */
    @Test
    void oneRequestOfTheHostAdapterIsLeftForOthers() throws IOException {
        assertEquals(31, HeldDisk.leaveOneRequest(find("dev/sda"), SataOptions.DEFAULT).commands());
        assertEquals(8, HeldDisk.leaveOneRequest(find("dev/sda"), SataOptions.DEFAULT.commands(8)).commands());
        write("sys/class/scsi_host/host0/can_queue", "1");
        assertEquals(1, HeldDisk.leaveOneRequest(find("dev/sda"), SataOptions.DEFAULT).commands());
        write("sys/class/scsi_host/host0/can_queue", "508");
        assertEquals(32, HeldDisk.leaveOneRequest(find("dev/sda"), SataOptions.DEFAULT).commands());
        Files.delete(folder.resolve("sys/class/scsi_host/host0/can_queue"));
        assertEquals(32, HeldDisk.leaveOneRequest(find("dev/sda"), SataOptions.DEFAULT).commands());
    }

    @Test
    void whatIsNoWholeScsiDiskIsRefused() throws IOException {
        assertTrue(assertThrows(SataException.class, () -> find("dev/sda1")).getMessage().contains("is a partition"));
        assertTrue(assertThrows(SataException.class, () -> find("dev/vda")).getMessage().contains("not an ATA disk"));
        assertTrue(assertThrows(SataException.class, () -> find("dev/sg9")).getMessage().contains("is no disk"));
    }

    @Test
    void aFreeDiskHasNoUse() {
        assertNull(DiskUse.of("sda", files));
    }

    @Test
    void aMountIsFoundByItsNumbersAndByItsSource() throws IOException {
        write("proc/self/mountinfo", "30 22 8:1 / /srv/data rw,relatime shared:2 - ext4 /dev/disk/by-uuid/x rw");
        assertEquals("/dev/sda1 is mounted on /srv/data", DiskUse.of("sda", files));
        write("proc/self/mountinfo", "30 22 0:45 / /btrfs rw - btrfs /dev/sda rw");
        assertEquals("/dev/sda is mounted on /btrfs", DiskUse.of("sda", files));
        write("proc/self/mountinfo", "30 22 8:10 / /other rw - ext4 /dev/sda10 rw");
        assertNull(DiskUse.of("sda", files));
    }

    @Test
    void holdersAreNamed() throws IOException {
        write("sys/class/block/sda1/holders/md127/x", "");
        assertEquals("/dev/sda1 is in use by the RAID array md127 (md)", DiskUse.of("sda", files));
    }

    @Test
    void theDeviceMapperTellsItsKind() throws IOException {
        write("sys/class/block/sda/holders/dm-0/x", "");
        write("sys/class/block/dm-0/dm/name", "vg-root");
        write("sys/class/block/dm-0/dm/uuid", "LVM-abc");
        assertEquals("/dev/sda is in use by the LVM volume vg-root", DiskUse.of("sda", files));
        write("sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-abc");
        assertEquals("/dev/sda is in use by the device mapper's vg-root", DiskUse.of("sda", files));
    }

    @Test
    void swapIsFound() throws IOException {
        write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda1   partition 1 0 -2");
        assertEquals("/dev/sda1 is in use as swap", DiskUse.of("sda", files));
    }
}
