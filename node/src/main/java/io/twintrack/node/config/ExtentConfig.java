package io.twintrack.node.config;

import java.nio.file.Path;

/**
 * A piece of a disk.
 *
 * @param offset in bytes.
 * @param length in bytes.
 */
public record ExtentConfig(Path path, DiskType type, long offset, long length) {

    /** How the disk is reached. */
    public enum DiskType {
        /** O_DIRECT through io_uring: files and all block devices. */
        URING,
        /** ATA commands past the system's block layer: whole SATA disks that nobody else uses. */
        SATA
    }

    boolean differsInType(final ExtentConfig other) {
        return path.equals(other.path) && type != other.type;
    }

    /** True when both have a byte of the same disk. */
    public boolean overlaps(final ExtentConfig other) {
        return path.equals(other.path) && offset < other.offset + other.length && other.offset < offset + length;
    }
}
