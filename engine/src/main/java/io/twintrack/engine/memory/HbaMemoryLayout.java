package io.twintrack.engine.memory;

import io.twintrack.engine.frame.Protocol;
import org.agrona.BitUtil;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersReader;

/**
 * Where everything lies in the memory of one HBA: a single region, taken at start, that never grows. Every section
 * begins on a page of 4 KiB.
 *
 * <pre>
 *   section            length, each rounded up to whole pages                    with the defaults
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | header           | one page, drawn below                                   |           4 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | host ring        | hostRingLength + ring trailer                           |          68 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | host completions | hostClients x (completion ring + ring trailer)          |    4 x   12 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | ack trackers     | peers x frames of a window x 64                         |    1 x  256 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | duplicate windows| peers x frames of a window x 64                         |    1 x  256 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | counter metadata | counters x 512                                          |         128 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | counter values   | counters x 128                                          |          32 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | slots            | slotCount x slotLength                                  |  512 x  256 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *  | peer slots       | peerSlotCount x slotLength                              |   64 x  256 KiB |
 *  +------------------+---------------------------------------------------------+-----------------+
 *
 *   header page, in the byte order of the machine
 *     0  magic          8   written last: whoever sees it sees all the rest
 *     8  version        4
 *    12  sections       4   how many follow
 *    16  total length   8
 *    24  sections     8 x { offset 8, length 8 }, in the order above from the host ring on
 *  2048  sleeping flag  4   1 while the HBA sleeps or is about to; alone on its cache lines
 * </pre>
 *
 * <p>Lengths are bytes and addresses are relative to the start of the region. Immutable: any thread.
 */
public final class HbaMemoryLayout {
    public static final int PAGE_LENGTH = 4096;
    /** "TWINTHBA" as the bytes of a little-endian long. */
    public static final long MAGIC = 0x4142_4854_4E49_5754L;
    public static final int VERSION = 2;

    public static final int MAGIC_OFFSET = 0;
    public static final int VERSION_OFFSET = 8;
    public static final int SECTION_COUNT_OFFSET = 12;
    public static final int TOTAL_LENGTH_OFFSET = 16;
    public static final int SECTIONS_OFFSET = 24;
    public static final int SLEEPING_OFFSET = 2048;

    public static final int ACK_ENTRY_LENGTH = 64;
    public static final int DUPLICATE_ENTRY_LENGTH = 64;
    /** Bytes of one completion in a host client's ring, with the ring's own record header of 8. */
    public static final int HOST_COMPLETION_LENGTH = 32;

    private static final int MAX_SECTION_LENGTH = 1 << 30;
    private static final int MIN_COMPLETION_RING = 1024;

    /** A part of the region, both in bytes. */
    public record Section(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    private final int hostRingLength;
    private final int hostClients;
    private final int hostOutstanding;
    private final int peers;
    private final int slotLength;
    private final int slotCount;
    private final int peerSlotCount;

    private final Section hostRing;
    private final Section hostCompletions;
    private final Section ackTrackers;
    private final Section duplicateWindows;
    private final Section counterMetadata;
    private final Section counterValues;
    private final Section slots;
    private final Section peerSlots;

    /** @throws IllegalArgumentException when a value is out of its range; the message names it. */
    public HbaMemoryLayout(final HbaMemoryOptions options) {
        check(options);
        hostRingLength = options.hostRingLength();
        hostClients = options.hostClients();
        hostOutstanding = options.hostOutstanding();
        peers = options.peers();
        slotLength = options.slotLength();
        slotCount = options.slotCount();
        peerSlotCount = options.peerSlotCount();

        // The counters' manager wants metadata for every value that fits: whole pages of values, and four times that.
        final long values = pages((long) options.counters() * CountersReader.COUNTER_LENGTH);
        final long metadata = values / CountersReader.COUNTER_LENGTH * CountersReader.METADATA_LENGTH;

        hostRing = new Section(PAGE_LENGTH, ring(hostRingLength));
        hostCompletions = after(hostRing, hostClients * ring(hostCompletionRingLength()));
        ackTrackers = after(hostCompletions, peers * pages((long) Protocol.WINDOW * ACK_ENTRY_LENGTH));
        duplicateWindows = after(ackTrackers, peers * pages((long) Protocol.WINDOW * DUPLICATE_ENTRY_LENGTH));
        counterMetadata = after(duplicateWindows, metadata);
        counterValues = after(counterMetadata, values);
        slots = after(counterValues, (long) slotCount * slotLength);
        peerSlots = after(slots, (long) peerSlotCount * slotLength);
    }

    /** Bytes of the whole region. */
    public long totalLength() {
        return peerSlots.end();
    }

    /** Ring and trailer; the ring itself is {@link #hostRingLength()}. */
    public Section hostRing() {
        return hostRing;
    }

    public int hostRingLength() {
        return hostRingLength;
    }

    public int hostClients() {
        return hostClients;
    }

    /** Requests that one host client may have unanswered. */
    public int hostOutstanding() {
        return hostOutstanding;
    }

    public Section hostCompletions(final int client) {
        return piece(hostCompletions, hostClients, client);
    }

    /**
     * A completion ring without its trailer. It holds twice what a client may have unanswered: a client gives back
     * what it has read only after a poll, and may have filed as many new requests from within it.
     */
    public int hostCompletionRingLength() {
        final int records = 2 * hostOutstanding + 1;
        return Math.max(MIN_COMPLETION_RING, BitUtil.findNextPositivePowerOfTwo(records * HOST_COMPLETION_LENGTH));
    }

    public int peers() {
        return peers;
    }

    public Section ackTracker(final int peer) {
        return piece(ackTrackers, peers, peer);
    }

    public Section duplicateWindow(final int peer) {
        return piece(duplicateWindows, peers, peer);
    }

    public Section counterMetadata() {
        return counterMetadata;
    }

    public Section counterValues() {
        return counterValues;
    }

    /** Of the clients' requests. */
    public Section slots() {
        return slots;
    }

    /** Of what peers send, and of comparing. */
    public Section peerSlots() {
        return peerSlots;
    }

    public int slotLength() {
        return slotLength;
    }

    public int slotCount() {
        return slotCount;
    }

    public int peerSlotCount() {
        return peerSlotCount;
    }

    /** In the order in which they lie, without the header. */
    Section[] sections() {
        return new Section[] {
            hostRing, hostCompletions, ackTrackers, duplicateWindows, counterMetadata, counterValues, slots,
            peerSlots};
    }

    private static Section after(final Section previous, final long length) {
        return new Section(previous.end(), length);
    }

    private static Section piece(final Section whole, final int count, final int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("index " + index + " of " + count);
        }
        final long length = whole.length() / count;
        return new Section(whole.offset() + index * length, length);
    }

    private static long ring(final int capacity) {
        return pages((long) capacity + RingBufferDescriptor.TRAILER_LENGTH);
    }

    private static long pages(final long length) {
        return BitUtil.align(length, PAGE_LENGTH);
    }

    private static void check(final HbaMemoryOptions options) {
        range("hostClients", options.hostClients(), 0, 64);
        powerOfTwo("hostRingLength", options.hostRingLength(), PAGE_LENGTH, MAX_SECTION_LENGTH);
        range("hostOutstanding", options.hostOutstanding(), 1, 1 << 16);
        range("peers", options.peers(), 1, 64);
        range("counters", options.counters(), 1, 1 << 16);
        powerOfTwo("slotLength", options.slotLength(), PAGE_LENGTH, Protocol.MAX_SLOT_LENGTH);
        range("slotCount", options.slotCount(), 1, 1 << 20);
        range("peerSlotCount", options.peerSlotCount(), 1, 1 << 20);
    }

    private static void range(final String name, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not within " + least + " to " + most);
        }
    }

    private static void powerOfTwo(final String name, final int value, final int least, final int most) {
        range(name, value, least, most);
        if (!BitUtil.isPowerOfTwo(value)) {
            throw new IllegalArgumentException(name + " " + value + " is not a power of two");
        }
    }
}
