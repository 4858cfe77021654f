package io.twintrack.engine.memory;

import io.twintrack.engine.memory.HbaMemoryLayout.Section;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.replica.DuplicateWindow;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.*;

class HbaMemoryTest {
    private long allocated;

    @AfterEach
    void free() {
        if (allocated != 0) {
            UnsafeApi.freeMemory(allocated);
        }
    }

    @Test
    void theDefaultsAreWhatTheDrawingSays() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions());
        final int[] kib = {68, 4 * 12, 256, 256, 128, 32, 512 * 256, 64 * 256};
        final Section[] sections = layout.sections();
        assertEquals(kib.length, sections.length);
        long end = 4096;
        for (int i = 0; i < kib.length; i++) {
            assertEquals(new Section(end, kib[i] * 1024L), sections[i], "section " + i);
            end = sections[i].end();
        }
        assertEquals(end, layout.totalLength());
    }

    @Test
    void sectionsAreWholePagesThatFollowEachOther() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int run = 0; run < 500; run++) {
            final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
                .hostClients(random.nextInt(65))
                .hostRingLength(4096 << random.nextInt(6))
                .hostOutstanding(1 + random.nextInt(1000))
                .peers(1 + random.nextInt(8))
                .counters(1 + random.nextInt(1000))
                .slotLength(4096 << random.nextInt(8))
                .slotCount(1 + random.nextInt(1000))
                .peerSlotCount(1 + random.nextInt(1000)));
            long end = HbaMemoryLayout.PAGE_LENGTH;
            for (final Section section : layout.sections()) {
                assertEquals(end, section.offset(), "seed " + seed);
                assertEquals(0, section.length() % HbaMemoryLayout.PAGE_LENGTH, "seed " + seed);
                end = section.end();
            }
            assertEquals(layout.totalLength(), end, "seed " + seed);
            assertTrue(layout.hostCompletionRingLength()
                > 2 * layout.hostOutstanding() * HbaMemoryLayout.HOST_COMPLETION_LENGTH, "seed " + seed);
        }
    }

    @Test
    void aWrongValueIsNamed() {
        refused("hostClients", o -> o.hostClients(65));
        refused("hostRingLength", o -> o.hostRingLength(5000));
        refused("hostOutstanding", o -> o.hostOutstanding(0));
        refused("peers", o -> o.peers(0));
        refused("counters", o -> o.counters(0));
        refused("slotLength", o -> o.slotLength(12_288));
        refused("slotLength", o -> o.slotLength(1 << 21));
        refused("slotCount", o -> o.slotCount(0));
        refused("peerSlotCount", o -> o.peerSlotCount(0));
    }

    @Test
    void memoryThatIsShortOrUnalignedIsRefused() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(small());
        final long address = pages(layout.totalLength());
        assertThrows(IllegalArgumentException.class, () -> new HbaMemory(0, layout.totalLength(), layout));
        assertThrows(IllegalArgumentException.class, () -> new HbaMemory(address + 8, layout.totalLength(), layout));
        assertThrows(IllegalArgumentException.class, () -> new HbaMemory(address, layout.totalLength() - 1, layout));
    }

    @Test
    void theHeaderDescribesTheRegion() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(small());
        final HbaMemory memory = memory(layout);
        final UnsafeBuffer header = new UnsafeBuffer(memory.address(), HbaMemoryLayout.PAGE_LENGTH);
        assertEquals("TWINTHBA", header.getStringWithoutLengthAscii(0, 8));
        assertEquals(HbaMemoryLayout.VERSION, header.getInt(HbaMemoryLayout.VERSION_OFFSET));
        assertEquals(layout.totalLength(), header.getLong(HbaMemoryLayout.TOTAL_LENGTH_OFFSET));
        final Section[] sections = layout.sections();
        assertEquals(sections.length, header.getInt(HbaMemoryLayout.SECTION_COUNT_OFFSET));
        for (int i = 0; i < sections.length; i++) {
            assertEquals(sections[i].offset(), header.getLong(HbaMemoryLayout.SECTIONS_OFFSET + 16 * i));
            assertEquals(sections[i].length(), header.getLong(HbaMemoryLayout.SECTIONS_OFFSET + 16 * i + 8));
        }
        assertEquals(0, header.getInt(HbaMemoryLayout.SLEEPING_OFFSET));
    }

    @Test
    void aNewLifeForgetsTheOldOneButNotWhatLiesInSlots() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(small());
        final HbaMemory first = memory(layout);
        final UnsafeBuffer whole = new UnsafeBuffer(first.address(), Math.toIntExact(layout.totalLength()));
        whole.setMemory(0, whole.capacity(), (byte) 0x5A);
        final HbaMemory second = new HbaMemory(first.address(), layout.totalLength(), layout);
        for (int i = (int) layout.hostRing().offset(); i < layout.slots().offset(); i++) {
            assertFalse(whole.getByte(i) == 0x5A, "byte " + i);
        }
        assertEquals(0x5A, whole.getByte((int) layout.slots().offset()));
        assertEquals(layout.slotCount(), second.slots().free());
    }

    @Test
    void viewsCoverTheirSectionsAndNothingElse() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(small().hostClients(3).peers(2));
        final HbaMemory memory = memory(layout);
        assertEquals(memory.address() + layout.hostRing().offset(), memory.hostRing().addressOffset());
        for (int i = 0; i < 2; i++) {
            assertEquals(memory.address() + layout.ackTracker(i).offset(), memory.ackTracker(i).addressOffset());
            assertEquals(AckTracker.LENGTH, memory.ackTracker(i).capacity());
            assertEquals(DuplicateWindow.LENGTH, memory.duplicateWindow(i).capacity());
            assertEquals(memory.address() + layout.duplicateWindow(i).offset(),
                memory.duplicateWindow(i).addressOffset());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> layout.ackTracker(2));
        assertEquals(layout.hostRingLength(), new ManyToOneRingBuffer(memory.hostRing()).capacity());
        for (int i = 0; i < 3; i++) {
            assertEquals(layout.hostCompletionRingLength(),
                new OneToOneRingBuffer(memory.hostCompletions(i)).capacity());
        }
        assertEquals(memory.slotsAddress(), memory.slots().address(0));
        final int last = layout.slotCount() - 1;
        assertEquals(memory.peerSlots().address(0), memory.slots().address(last) + layout.slotLength());
        assertEquals(memory.address() + layout.totalLength(), memory.peerSlots().address(1) + layout.slotLength());
        assertEquals(memory.address() + layout.totalLength(), memory.slotsAddress() + memory.slotsLength());
    }

    @Test
    void thereIsRoomForEveryCounterAskedFor() {
        final HbaMemory memory = memory(new HbaMemoryLayout(small().counters(33)));
        for (int i = 0; i < 33; i++) {
            memory.counters().newCounter("counter " + i).setRelease(i);
        }
        final CountersReader reader =
            new CountersReader(memory.counters().metaDataBuffer(), memory.counters().valuesBuffer());
        assertEquals(32, reader.getCounterValue(32));
        assertEquals("counter 32", reader.getCounterLabel(32));
    }

    private static HbaMemoryOptions small() {
        return new HbaMemoryOptions()
            .counters(32).slotLength(4096).slotCount(8).peerSlotCount(2);
    }

    private HbaMemory memory(final HbaMemoryLayout layout) {
        return new HbaMemory(pages(layout.totalLength()), layout.totalLength(), layout);
    }

    private long pages(final long length) {
        allocated = UnsafeApi.allocateMemory(length + HbaMemoryLayout.PAGE_LENGTH);
        return (allocated + HbaMemoryLayout.PAGE_LENGTH - 1) & -HbaMemoryLayout.PAGE_LENGTH;
    }

    private static void refused(final String name, final Consumer<HbaMemoryOptions> change) {
        final HbaMemoryOptions options = new HbaMemoryOptions();
        change.accept(options);
        final String message =
            assertThrows(IllegalArgumentException.class, () -> new HbaMemoryLayout(options)).getMessage();
        assertTrue(message.startsWith(name + " "), message);
    }
}
