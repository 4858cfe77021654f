package io.twintrack.node.nbd;

/**
 * Tells what is known about ranges of a volume under one metadata context, for NBD_CMD_BLOCK_STATUS: holes, or the
 * tracks that changed since a backup. HBA's thread only; it answers from memory.
 */
public interface ExtentSource {
    /** Namespace, colon and leaf name, as in {@code base:allocation} or {@code qemu:dirty-bitmap:NAME}. */
    String context();

    /**
     * The extent that begins at an offset.
     *
     * @param limit in bytes, positive: where the answer may stop, at the end of the volume or before.
     * @return its length in the upper and its flags in the lower 32 bits; the length is from 1 to {@code limit}.
     */
    long extent(long offset, int limit);

    static long extentOf(final int length, final int flags) {
        return (long) length << 32 | flags & 0xFFFF_FFFFL;
    }
}
