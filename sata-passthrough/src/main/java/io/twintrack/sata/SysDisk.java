package io.twintrack.sata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the system says of one of its SCSI disks, which ATA disks are to it.
 *
 * @param path        that was asked for: /dev/sdX, /dev/sgN, /dev/bsg/H:C:T:L, or a link to one.
 * @param bsg         whether the path leads to a /dev/bsg/H:C:T:L, whose headers are others.
 * @param block       name of the block device, such as sda.
 * @param sg          name of its SCSI generic device, such as sg0, or empty when the module sg is not loaded.
 * @param maxTransfer the longest transfer of one command, in bytes.
 * @param queueDepth  commands at a time that the system sends it: 1 when it does not use NCQ.
 * @param requests    that the system has for the disks of this one's host adapter; 0 when it does not say.
 * @param size        in bytes.
 */
public record SysDisk(
    String path, boolean bsg, String block, String sg, int maxTransfer, int queueDepth, int requests,
    long size) {
    private static final int PAGE = 4096;
    private static final int LONGEST_TRANSFER = 16 << 20;
    private static final int SECTOR = 512;

    /** @throws SataException when the path leads to no whole SCSI disk. */
    static SysDisk find(final String path, final SysFiles files) {
        final Path real = real(path);
        final String name = real.getFileName().toString();
        final String block;
        if (isBsg(real)) {
            block = only(files.sys().resolve("class/bsg").resolve(name).resolve("device/block"), path);
        } else if (name.matches("sg[0-9]+")) {
            block = only(files.sys().resolve("class/scsi_generic").resolve(name).resolve("device/block"), path);
        } else {
            block = name;
        }
        return of(path, isBsg(real), block, files);
    }

    /** By the name that no link hides: a link's own name says nothing of what it leads to. */
    private static Path real(final String path) {
        try {
            return Path.of(path).toRealPath();
        } catch (final IOException e) {
            throw new SataException(path + " does not exist", Libc.ENODEV);
        }
    }

    private static boolean isBsg(final Path real) {
        return real.getParent() != null && real.getParent().endsWith("bsg");
    }

    private static String only(final Path folder, final String path) {
        final List<String> names = SysFiles.names(folder);
        if (names.size() != 1) {
            throw new SataException(path + " is no disk: the system has no block device for it", 0);
        }
        return names.get(0);
    }

    private static SysDisk of(final String path, final boolean bsg, final String block, final SysFiles files) {
        final Path folder = files.block(block);
        if (Files.exists(folder.resolve("partition"))) {
            throw new SataException(path + " is a partition; pass-through takes whole disks", 0);
        }
        if (SysFiles.names(folder.resolve("device/scsi_disk")).isEmpty()) {
            throw new SataException(path + " is not an ATA disk: the system does not reach it through SCSI", 0);
        }
        final List<String> sg = SysFiles.names(folder.resolve("device/scsi_generic"));
        return new SysDisk(path, bsg, block, sg.isEmpty() ? "" : sg.get(0), maxTransfer(folder.resolve("queue")),
            (int) SysFiles.number(folder.resolve("device/queue_depth"), 1), requests(folder, files),
            SysFiles.number(folder.resolve("size"), 0) * SECTOR);
    }

    /** Disks are named host:channel:target:LUN. */
    private static int requests(final Path folder, final SysFiles files) {
        final String host = SysFiles.names(folder.resolve("device/scsi_disk")).get(0).replaceFirst(":.*", "");
        return (int) SysFiles.number(files.sys().resolve("class/scsi_host/host" + host + "/can_queue"), 0);
    }

    /** Memory may be scattered page by page, and what does not start on a page takes one more. */
    private static int maxTransfer(final Path queue) {
        final long bytes = SysFiles.number(queue.resolve("max_hw_sectors_kb"), 128) << 10;
        final long segments = SysFiles.number(queue.resolve("max_segments"), 32) - 1;
        return (int) Math.max(PAGE, Math.min(LONGEST_TRANSFER, Math.min(bytes, segments * PAGE) & -PAGE));
    }

    /** Every whole SCSI disk of the system. */
    static List<SysDisk> all(final SysFiles files) {
        final List<SysDisk> disks = new ArrayList<>();
        for (final String block : SysFiles.names(files.sys().resolve("class/block"))) {
            final Path folder = files.block(block);
            if (Files.isDirectory(folder.resolve("device/scsi_disk")) && !Files.exists(folder.resolve("partition"))) {
                disks.add(of("/dev/" + block, false, block, files));
            }
        }
        return disks;
    }

    /** Every whole SCSI disk of this system, ATA or not. */
    public static List<SysDisk> all() {
        return all(SysFiles.SYSTEM);
    }

    /**
     * @param path /dev/sdX, /dev/sgN, /dev/bsg/H:C:T:L, or a link to one.
     * @throws SataException when it leads to no whole SCSI disk.
     */
    public static SysDisk at(final String path) {
        return find(path, SysFiles.SYSTEM);
    }

    /** Of the block device, such as /dev/sda. */
    public String blockPath() {
        return "/dev/" + block;
    }

    /** Where single commands go. */
    String commandPath() {
        return sg.isEmpty() ? blockPath() : "/dev/" + sg;
    }
}
