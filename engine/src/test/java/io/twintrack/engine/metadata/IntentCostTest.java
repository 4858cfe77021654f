package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.engine.device.MemoryBlockDevice;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.Test;

/** What writes of data cost in writes of metadata, in flushes of the data disks and in objects. */
class IntentCostTest {
    private static final int TRACK = 4096;
    private static final long REGION = 4 << 20;
    private static final int ACTIVE = 128;
    private static final int DEPTH = 32;
    private static final int WRITES = 20_000;
    /** Cycles of the HBA that a flush of the data disks takes. */
    private static final int FLUSH_CYCLES = 20;

    private final MetadataLayout layout = new MetadataLayout(4_096 * REGION, TRACK);
    private final MemoryBlockDevice disk = new MemoryBlockDevice(layout.length(), 512, 512, 64);
    private final StoreRig.Memory memory = new StoreRig.Memory(layout);
    private final SideStore store = new SideStore(disk, layout, BufferUtil.address(memory.io), memory.bits,
        memory.summary, ACTIVE, DEPTH, this::onIntent);
    private final Random random = new Random(11);

    private final long[] offset = new long[DEPTH];
    private final boolean[] running = new boolean[DEPTH];
    private final boolean[] waiting = new boolean[DEPTH];
    private int depth = DEPTH;
    private int ended;
    private int flushes;
    private int flushCyclesLeft;
    private long flushEpoch;

    IntentCostTest() {
        store.load((outcome, reason) -> assertEquals(LoadListener.Outcome.NEW, outcome));
        settle();
        store.change(side -> StoreRig.identify(side, 9), StatusListener.IGNORED);
        settle();
        store.tracks().clearAll();
        store.intent().forgetRecovered();
        store.saveIntent(StatusListener.IGNORED);
        settle();
    }

    private void settle() {
        store.poll();
        for (int i = 0; i < 10_000 && !store.isIdle(); i++) {
            disk.poll();
            store.poll();
        }
        assertTrue(store.isIdle());
    }

    private void onIntent(final int holder, final Status status) {
        assertTrue(waiting[holder] && status == Status.OK);
        waiting[holder] = false;
        running[holder] = true;
    }

    /** Writes at random places of the first regions, some at a time; a write takes one cycle. */
    private void write(final int regions) {
        for (ended = 0; ended < WRITES;) {
            for (int holder = 0; holder < depth; holder++) {
                if (running[holder]) {
                    store.intent().end(offset[holder], TRACK);
                    running[holder] = false;
                    ended++;
                } else if (!waiting[holder]) {
                    offset[holder] = random.nextInt(regions) * REGION + random.nextInt(1024) * (long) TRACK;
                    running[holder] = store.intent().begin(holder, offset[holder], TRACK);
                    waiting[holder] = !running[holder];
                }
            }
            disk.poll();
            store.poll();
            flush();
        }
    }

    private void flush() {
        if (flushCyclesLeft == 0 && store.intent().wantsRetirement()) {
            flushEpoch = store.intent().flushBegan();
            flushCyclesLeft = FLUSH_CYCLES;
            flushes++;
        } else if (flushCyclesLeft > 0 && --flushCyclesLeft == 0) {
            store.intent().flushed(flushEpoch);
        }
    }

    private int metadataWritesPerThousand(final int regions) {
        write(regions);
        final int before = store.blockWrites();
        write(regions);
        return (store.blockWrites() - before) * 1_000 / WRITES;
    }

    @Test
    void aWorkingSetThatFitsCostsNothing() {
        assertEquals(0, metadataWritesPerThousand(ACTIVE));
        assertEquals(0, metadataWritesPerThousand(ACTIVE / 2));
    }

    /** A write outside the active regions costs two block writes; many on their way at a time share them. */
    @Test
    void aLargerWorkingSetSharesItsWrites() {
        for (int regions = ACTIVE * 2; regions <= ACTIVE * 16; regions *= 2) {
            depth = 1;
            final int alone = metadataWritesPerThousand(regions);
            depth = DEPTH;
            flushes = 0;
            final int together = metadataWritesPerThousand(regions);
            assertTrue(alone > 500 && alone <= 2_000, regions + " regions cost " + alone + " one by one");
            assertTrue(together > 0 && together < alone / 4, regions + " regions cost " + together + " together");
            assertTrue(flushes > 0 && flushes < WRITES / DEPTH, flushes + " flushes");
        }
    }

    @Test
    void nothingIsAllocated() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        for (int i = 0; i < 10; i++) {
            write(ACTIVE * 4);
        }
        // What the JVM does behind our back may be counted once; what a write costs is counted in every round.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > 0; i++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            write(ACTIVE * 4);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes for " + WRITES + " writes");
    }
}
