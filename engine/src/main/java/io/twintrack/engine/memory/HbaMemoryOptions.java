package io.twintrack.engine.memory;

/**
 * Counts and lengths of one HBA's memory, each with its default. {@link HbaMemoryLayout} checks them and does the sum.
 * Set at start, by the thread that builds the HBA.
 */
public final class HbaMemoryOptions {
    private int hostClients = 4;
    private int hostRingLength = 64 * 1024;
    private int hostOutstanding = 64;
    private int peers = 1;
    private int counters = 256;
    private int slotLength = 256 * 1024;
    private int slotCount = 512;
    private int peerSlotCount = 64;

    public int hostClients() {
        return hostClients;
    }

    /** @param count of threads that may use volumes through the host ring, 0 to 64. */
    public HbaMemoryOptions hostClients(final int count) {
        hostClients = count;
        return this;
    }

    public int hostRingLength() {
        return hostRingLength;
    }

    /** @param bytes for requests that wait in the host ring, a power of two from 4 KiB to 1 GiB; a request takes 64. */
    public HbaMemoryOptions hostRingLength(final int bytes) {
        hostRingLength = bytes;
        return this;
    }

    public int hostOutstanding() {
        return hostOutstanding;
    }

    /** @param requests that one host client may have unanswered, 1 to 65,536; sizes its completion ring. */
    public HbaMemoryOptions hostOutstanding(final int requests) {
        hostOutstanding = requests;
        return this;
    }

    public int peers() {
        return peers;
    }

    /** @param count of links to other HBAs, 1 to 64; each has an ack tracker and a duplicate window. */
    public HbaMemoryOptions peers(final int count) {
        peers = count;
        return this;
    }

    public int counters() {
        return counters;
    }

    /** @param count 1 to 65,536; rounded up to fill whole pages. */
    public HbaMemoryOptions counters(final int count) {
        counters = count;
        return this;
    }

    public int slotLength() {
        return slotLength;
    }

    /** @param bytes in a slot, a power of two from 4 KiB to 1 MiB: the longest single transfer. */
    public HbaMemoryOptions slotLength(final int bytes) {
        slotLength = bytes;
        return this;
    }

    public int slotCount() {
        return slotCount;
    }

    /** @param count of slots for clients' requests, 1 to 1,048,576. */
    public HbaMemoryOptions slotCount(final int count) {
        slotCount = count;
        return this;
    }

    public int peerSlotCount() {
        return peerSlotCount;
    }

    /**
     * @param count of slots for what peers send and for comparing, 1 to 1,048,576. They are apart from the clients':
     *              two nodes whose clients hold all slots, each waiting for the other, would wait for ever.
     */
    public HbaMemoryOptions peerSlotCount(final int count) {
        peerSlotCount = count;
        return this;
    }
}
