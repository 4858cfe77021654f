package io.twintrack.node.config;

/**
 * The memory of one HBA.
 *
 * @param slots      requests' data that it holds at a time.
 * @param slotLength in bytes, a power of two: the longest single read or write.
 * @param directory  in a RAM file system; the file lies there.
 */
public record MemoryConfig(int slots, int slotLength, String directory) {
}
