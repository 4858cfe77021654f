package io.twintrack.node.demo;

/**
 * What a server said of an export.
 *
 * @param size      in bytes.
 * @param blockSize in bytes: offsets and lengths are multiples of it.
 */
public record NbdExport(long size, int blockSize) {
}
