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
        URING
    }

    /** True when both have a byte of the same disk. */
    public boolean overlaps(final ExtentConfig other) {
        return path.equals(other.path) && offset < other.offset + other.length && other.offset < offset + length;
    }
}
