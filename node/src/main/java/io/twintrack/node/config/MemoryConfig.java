package io.twintrack.node.config;

/**
 * The memory of one HBA.
 *
 * @param slots      requests' data that it holds at a time.
 * @param slotLength in bytes, a power of two: the longest single read or write.
 * @param directory  in a RAM file system; the file lies there.
 */
public record MemoryConfig(int slots, int slotLength, String directory) {
    /** A connection's share holds at least this much, in bytes. */
    private static final int SMALLEST_SHARE = 64 << 10;

    /** Slots that serve peers: for comparing, and for putting requests together. The others serve clients. */
    public int peerSlots() {
        return Math.max(2, slots / 4);
    }

    /** Half of the clients' slots are shared out among connections, at least one slot each. */
    int mostConnections() {
        final int slotsInShare = Math.max(1, SMALLEST_SHARE / slotLength);
        return (slots - peerSlots()) / 2 / slotsInShare;
    }
}
