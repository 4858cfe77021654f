package io.twintrack.engine.memory;

import io.twintrack.engine.memory.HbaMemoryLayout.Section;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;

import static io.twintrack.engine.memory.HbaMemoryLayout.*;

/**
 * The memory of one HBA: views of the sections that {@link HbaMemoryLayout} draws, over memory that somebody else
 * mapped and unmaps. Nothing is copied and nothing is allocated after construction, which starts a new life: all
 * sections but the slots are zeroed and the header is written, its magic last.
 *
 * <p>Built on one thread. The views are shared out by their owners' own threading promises; the {@link SlotPool} and
 * the {@link CountersManager} are the HBA thread's.
 */
public final class HbaMemory {
    private final long address;
    private final HbaMemoryLayout layout;
    private final UnsafeBuffer header;
    private final UnsafeBuffer hostRing;
    private final UnsafeBuffer[] hostCompletions;
    private final UnsafeBuffer[] ackTrackers;
    private final UnsafeBuffer[] duplicateWindows;
    private final CountersManager counters;
    private final SlotPool slots;
    private final SlotPool peerSlots;

    /**
     * @param address of the region, page-aligned; it stays mapped as long as this object is used.
     * @param length  of the mapping in bytes, at least {@link HbaMemoryLayout#totalLength()}.
     */
    public HbaMemory(final long address, final long length, final HbaMemoryLayout layout) {
        if (address == 0 || (address & (PAGE_LENGTH - 1)) != 0) {
            throw new IllegalArgumentException("address " + Long.toHexString(address) + " is not page-aligned");
        }
        if (length < layout.totalLength()) {
            throw new IllegalArgumentException("length " + length + " is less than the layout's "
                + layout.totalLength());
        }
        this.address = address;
        this.layout = layout;
        UnsafeApi.setMemory(address, layout.slots().offset(), (byte) 0);

        header = new UnsafeBuffer(address, PAGE_LENGTH);
        final Section ring = layout.hostRing();
        hostRing = view(ring, ringLength(layout.hostRingLength()));
        hostCompletions = new UnsafeBuffer[layout.hostClients()];
        for (int i = 0; i < hostCompletions.length; i++) {
            hostCompletions[i] = view(layout.hostCompletions(i), ringLength(layout.hostCompletionRingLength()));
        }
        ackTrackers = new UnsafeBuffer[layout.peers()];
        duplicateWindows = new UnsafeBuffer[layout.peers()];
        for (int i = 0; i < layout.peers(); i++) {
            ackTrackers[i] = view(layout.ackTracker(i));
            duplicateWindows[i] = view(layout.duplicateWindow(i));
        }
        counters = new CountersManager(view(layout.counterMetadata()), view(layout.counterValues()));
        slots = new SlotPool(address + layout.slots().offset(), layout.slotLength(), layout.slotCount());
        peerSlots = new SlotPool(address + layout.peerSlots().offset(), layout.slotLength(), layout.peerSlotCount());
        writeHeader();
    }

    /** Of the first byte of the region. */
    public long address() {
        return address;
    }

    public HbaMemoryLayout layout() {
        return layout;
    }

    /** The header page. */
    public AtomicBuffer header() {
        return header;
    }

    /** As long as Agrona's ring buffers want it: the ring and its trailer. */
    public UnsafeBuffer hostRing() {
        return hostRing;
    }

    /** Ring and trailer, as {@link #hostRing()}. */
    public UnsafeBuffer hostCompletions(final int client) {
        return hostCompletions[client];
    }

    public UnsafeBuffer ackTracker(final int peer) {
        return ackTrackers[peer];
    }

    public UnsafeBuffer duplicateWindow(final int peer) {
        return duplicateWindows[peer];
    }

    public CountersManager counters() {
        return counters;
    }

    /** Of the clients' requests. */
    public SlotPool slots() {
        return slots;
    }

    /** Of what peers send, and of comparing. */
    public SlotPool peerSlots() {
        return peerSlots;
    }

    /** First byte of all slots, the peers' included: {@link #slotsLength()} bytes that an io_uring registers. */
    public long slotsAddress() {
        return address + layout.slots().offset();
    }

    public long slotsLength() {
        return layout.slots().length() + layout.peerSlots().length();
    }

    private UnsafeBuffer view(final Section section) {
        return view(section, Math.toIntExact(section.length()));
    }

    private UnsafeBuffer view(final Section section, final int length) {
        return new UnsafeBuffer(address + section.offset(), length);
    }

    private static int ringLength(final int capacity) {
        return capacity + RingBufferDescriptor.TRAILER_LENGTH;
    }

    private void writeHeader() {
        final Section[] sections = layout.sections();
        header.putInt(VERSION_OFFSET, VERSION);
        header.putInt(SECTION_COUNT_OFFSET, sections.length);
        header.putLong(TOTAL_LENGTH_OFFSET, layout.totalLength());
        for (int i = 0; i < sections.length; i++) {
            header.putLong(SECTIONS_OFFSET + i * 16, sections[i].offset());
            header.putLong(SECTIONS_OFFSET + i * 16 + 8, sections[i].length());
        }
        // Pairs with the acquiring read of the magic by whoever maps the same file to look at counters.
        header.putLongRelease(MAGIC_OFFSET, MAGIC);
    }
}
