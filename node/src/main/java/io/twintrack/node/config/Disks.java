package io.twintrack.node.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Looks, before a node starts, whether its disks are there and large enough. */
final class Disks {
    /** S_IFMT and S_IFBLK of inode(7). */
    private static final int FILE_TYPE = 0170000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int CHARACTER_DEVICE = 0020000;

    private Disks() {
    }

    /** Reports a disk that is absent, too small or out of reach. Changes nothing. */
    static void check(final ExtentConfig extent, final Section section) {
        if (extent.type() == ExtentConfig.DiskType.SATA) {
            checkSata(extent, section);
            return;
        }
        final Path path = extent.path();
        final long end = extent.offset() + extent.length();
        if (!Files.exists(path)) {
            section.reject("path", "does not exist at " + path + "; make it with: bin/twintrack create-disk "
                + path + " \"" + Units.sizeText(end) + '"');
        } else if (Files.isDirectory(path)) {
            section.reject("path", "must be a file or a block device; this is a folder");
        } else if (!Files.isRegularFile(path) && !isBlockDevice(path)) {
            section.reject("path", "must be a file or a block device; this is neither");
        } else if (!Files.isReadable(path) || !Files.isWritable(path)) {
            section.reject("path", "may not be read and written by this user");
        } else {
            checkSize(path, end, section);
        }
    }

    /** Whether it is a free, whole ATA disk shows when it is opened. */
    private static void checkSata(final ExtentConfig extent, final Section section) {
        final Path path = extent.path();
        if (!Files.exists(path)) {
            section.reject("path", "does not exist; \"bin/twintrack disk list\" shows the disks there are");
        } else if (isKind(path, BLOCK_DEVICE)) {
            checkSize(path, extent.offset() + extent.length(), section);
        } else if (!isKind(path, CHARACTER_DEVICE)) {
            section.reject("path", "must be a whole SATA disk, such as /dev/disk/by-id/ata-..., /dev/sda or /dev/sg0,"
                + " where type is sata");
        }
    }

    private static void checkSize(final Path path, final long end, final Section section) {
        try {
            final long size = size(path);
            if (size < end) {
                section.reject("path", "is too small: it has " + Units.sizeText(size) + ", the extent ends at "
                    + Units.sizeText(end));
            }
        } catch (final IOException e) {
            section.reject("path", "cannot be opened: " + e.getMessage());
        }
    }

    private static boolean isBlockDevice(final Path path) {
        return isKind(path, BLOCK_DEVICE);
    }

    private static boolean isKind(final Path path, final int kind) {
        try {
            final int mode = (Integer) Files.getAttribute(path, "unix:mode");
            return (mode & FILE_TYPE) == kind;
        } catch (final IOException e) {
            return false;
        }
    }

    /** A block device tells its size as the position of its end; {@code stat} says 0. */
    private static long size(final Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return Files.size(path);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.size();
        }
    }
}
