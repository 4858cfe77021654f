package io.twintrack.node;

import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.ExtentConfig.DiskType;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.sata.SysDisk;
import io.twintrack.uring.FileBirth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * By what a volume's disks are known again: of a block device its World Wide Name or serial number (sysfs), of a file
 * its file system, its inode and, where the file system keeps it, when it was made (statx(2)): a file in place of a
 * removed one often gets that one's inode. Of both also which part of it. A name alone says nothing: the kernel deals
 * out sda and sdb as it finds disks.
 */
final class DiskIdentity {
    /** As long as a record has room for. */
    private static final int LONGEST = 255;

    private DiskIdentity() {
    }

    /** @return printable ASCII, at most 255 bytes. */
    static String of(final VolumeConfig volume) throws IOException {
        final StringBuilder identity = new StringBuilder();
        for (final ExtentConfig extent : volume.extents()) {
            identity.append(identity.isEmpty() ? "" : ", ").append(of(blockDevice(extent)))
                .append(extent.offset() == 0 ? "" : " at " + extent.offset());
        }
        return identity.length() <= LONGEST ? identity.toString() : digest(identity.toString());
    }

    /** A SATA disk may be named by a character device, which is known by its block device. */
    private static Path blockDevice(final ExtentConfig extent) {
        return extent.type() == DiskType.SATA
            ? Path.of(SysDisk.at(extent.path().toString()).blockPath()) : extent.path();
    }

    private static String of(final Path path) throws IOException {
        final Path disk = path.toRealPath();
        final Map<String, Object> stat = Files.readAttributes(disk, "unix:mode,dev,ino,rdev");
        final boolean isBlockDevice = ((int) stat.get("mode") & 0xF000) == 0x6000;
        return isBlockDevice ? ofDevice((long) stat.get("rdev"))
            : "file " + fileSystem(disk) + " inode " + stat.get("ino") + made(disk);
    }

    private static String made(final Path file) throws IOException {
        return FileBirth.of(file).map(birth -> " made " + birth).orElse("");
    }

    /** Device numbers of file systems may change from boot to boot; their UUIDs do not, where sysfs shows them. */
    private static String fileSystem(final Path file) throws IOException {
        return Files.getFileStore(file).type();
    }

    private static String ofDevice(final long number) throws IOException {
        final long major = number >>> 8 & 0xFFF | number >>> 32 & ~0xFFFL;
        final long minor = number & 0xFF | number >>> 12 & ~0xFFL;
        final Path device = Path.of("/sys/dev/block/" + major + ':' + minor);
        for (final String attribute : new String[] {"wwid", "device/wwid", "device/serial", "serial", "dm/uuid"}) {
            final Path file = device.resolve(attribute);
            if (Files.isReadable(file)) {
                final String value = Files.readString(file).strip();
                if (!value.isEmpty()) {
                    return attribute + ' ' + printable(value);
                }
            }
        }
        return "device " + major + ':' + minor + " of " + Files.readString(device.resolve("size")).strip() + " sectors";
    }

    private static String printable(final String text) {
        return text.chars().mapToObj(c -> c > ' ' && c < 127 ? String.valueOf((char) c) : "_")
            .collect(Collectors.joining());
    }

    private static String digest(final String text) {
        try {
            return "sha256 " + HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
