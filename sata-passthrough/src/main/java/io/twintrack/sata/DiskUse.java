package io.twintrack.sata;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds out who uses a disk or a partition of it: file systems, md, LVM and others on top of it, swap. */
final class DiskUse {
    private DiskUse() {
    }

    /** @return a sentence's end, such as "/dev/sda1 is mounted on /srv"; null when nobody does. */
    static String of(final String block, final SysFiles files) {
        for (final String device : devices(block, files)) {
            final String use = ofDevice(device, files);
            if (use != null) {
                return "/dev/" + device + ' ' + use;
            }
        }
        return null;
    }

    /** The disk and its partitions. */
    private static List<String> devices(final String block, final SysFiles files) {
        final List<String> devices = new ArrayList<>(List.of(block));
        for (final String name : SysFiles.names(files.block(block))) {
            if (Files.exists(files.block(block).resolve(name).resolve("partition"))) {
                devices.add(name);
            }
        }
        return devices;
    }

    private static String ofDevice(final String device, final SysFiles files) {
        final String mount = mount(device, files);
        if (mount != null) {
            return "is mounted on " + mount;
        }
        final List<String> holders = SysFiles.names(files.block(device).resolve("holders"));
        if (!holders.isEmpty()) {
            return "is in use by " + holder(holders.get(0), files);
        }
        final boolean swap = SysFiles.lines(files.proc().resolve("swaps")).stream()
            .anyMatch(line -> line.split("\\s+")[0].equals("/dev/" + device));
        return swap ? "is in use as swap" : null;
    }

    /**
     * proc(5): {@code id parent MAJOR:MINOR root MOUNTPOINT options ... - type SOURCE options}. A file system over
     * several disks has numbers of its own, and is found by its source.
     */
    private static String mount(final String device, final SysFiles files) {
        final String numbers = SysFiles.text(files.block(device).resolve("dev"));
        for (final String line : SysFiles.lines(files.proc().resolve("self/mountinfo"))) {
            final String[] fields = line.split(" ");
            final int separator = List.of(fields).indexOf("-");
            if (fields.length > 4 && fields[2].equals(numbers)
                || separator >= 0 && fields.length > separator + 2 && fields[separator + 2].equals("/dev/" + device)) {
                return fields[4];
            }
        }
        return null;
    }

    private static String holder(final String holder, final SysFiles files) {
        final Path mapper = files.block(holder).resolve("dm");
        if (holder.startsWith("md")) {
            return "the RAID array " + holder + " (md)";
        } else if (!Files.isDirectory(mapper)) {
            return holder;
        }
        final String name = SysFiles.text(mapper.resolve("name"));
        return SysFiles.text(mapper.resolve("uuid")).startsWith("LVM-")
            ? "the LVM volume " + name : "the device mapper's " + name;
    }
}
