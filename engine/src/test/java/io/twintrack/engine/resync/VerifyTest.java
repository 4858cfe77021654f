package io.twintrack.engine.resync;

import static io.twintrack.engine.resync.SimulatedPair.BLOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.engine.pair.VerifyStatus.Range;
import io.twintrack.engine.resync.SimulatedPair.Kind;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VerifyTest {
    /** The last piece is not a whole one. */
    private static final int BLOCKS = 4096 + 3;
    private static final int SLOT = 256 * 1024;
    private static final long STEP_NS = 5_000;

    private final SimulatedPair pair = new SimulatedPair(BLOCKS);
    private final SlotPool slots = new SlotPool(1 << 20, SLOT, 64);
    private final Verify verify = new Verify(pair, slots, Pacing.UNLIMITED);
    private long nowNs = 1;

    private void turn() {
        nowNs += STEP_NS;
        pair.poll(nowNs);
        verify.poll(nowNs);
    }

    private void runToEnd() {
        for (int i = 0; i < 1_000_000 && verify.isRunning(); i++) {
            turn();
        }
        assertFalse(verify.isRunning());
        assertEquals(slots.count(), slots.free());
    }

    private void verifyAll() {
        verify.begin(nowNs);
        runToEnd();
    }

    private void differ(final int block, final int blocks) {
        for (int i = block; i < block + blocks; i++) {
            pair.there[i] += 1000;
        }
    }

    private static Range range(final int block, final int blocks) {
        return new Range((long) block * BLOCK, (long) blocks * BLOCK);
    }

    @Test
    void equalSidesHaveNoDifferences() {
        assertNull(verify.status());
        verifyAll();
        final VerifyStatus status = verify.status();
        assertEquals(0, status.differences());
        assertEquals(pair.size(), status.done());
        assertEquals(pair.size(), status.total());
        assertEquals(0, pair.bytesCopied);
        assertEquals((BLOCKS + 63) / 64, pair.requests(Kind.COMPARE));
    }

    @Test
    void reportsEachDifferenceOnceAndChangesNothing() {
        differ(5, 1);
        differ(60, 10);
        differ(2000, 200);
        differ(BLOCKS - 1, 1);
        final int[] before = pair.there.clone();
        verifyAll();
        assertEquals(List.of(range(5, 1), range(60, 10), range(2000, 200), range(BLOCKS - 1, 1)),
            verify.status().ranges());
        assertEquals(4, verify.differences());
        assertArrayEquals(before, pair.there);
        verifyAll();
        assertEquals(4, verify.differences(), "the second one begins anew");
    }

    @Test
    void repairsFromTheSideThatIsRight() {
        differ(60, 10);
        differ(2000, 200);
        final int[] there = pair.there.clone();
        final int[] here = pair.here.clone();
        verifyAll();
        verify.repairFrom(Role.PRIMARY, nowNs);
        runToEnd();
        assertArrayEquals(here, pair.there);
        assertArrayEquals(here, pair.stableThere, "it ends with a flush");
        assertEquals(210L * BLOCK, pair.bytesCopied);
        assertEquals(0, verify.differences());
        System.arraycopy(there, 0, pair.there, 0, BLOCKS);
        verifyAll();
        verify.repairFrom(Role.REDUNDANT, nowNs);
        runToEnd();
        assertArrayEquals(there, pair.here);
        assertEquals(List.of(), verify.status().ranges());
    }

    @Test
    void aRangeThatCannotBeMendedStaysListed() {
        differ(60, 10);
        differ(70, 400);
        differ(3000, 1);
        verifyAll();
        assertEquals(List.of(range(60, 410), range(3000, 1)), verify.status().ranges());
        pair.unreadable.set(3000);
        verify.repairFrom(Role.PRIMARY, nowNs);
        runToEnd();
        assertEquals(List.of(range(3000, 1)), verify.status().ranges());
        assertEquals(1, verify.errors());
        assertFalse(verify.status().complete());
        assertEquals(Status.IO_ERROR, verify.outcome());
    }

    @Test
    void whatCannotBeReadIsAnErrorAndTheRestIsSeen() {
        pair.unreadable.set(100);
        differ(3000, 1);
        verifyAll();
        assertEquals(List.of(range(3000, 1)), verify.status().ranges());
        assertEquals(1, verify.errors());
    }

    @Test
    void endsWhenThePeerIsLost() {
        verify.begin(nowNs);
        turn();
        pair.failure = Status.PEER_LOST;
        runUntilIdle();
        assertFalse(verify.isRunning());
        assertFalse(verify.status().complete());
        assertEquals(Status.PEER_LOST, verify.outcome());
        pair.failure = Status.OK;
        differ(1, 1);
        verifyAll();
        assertEquals(1, verify.differences());
    }

    private void runUntilIdle() {
        for (int i = 0; i < 100_000 && !pair.isIdle(); i++) {
            turn();
        }
    }

    @Test
    void whatEndsAfterAnInterruptionBelongsToNoOther() {
        differ(0, 64);
        verify.begin(nowNs);
        turn();
        verify.interrupt();
        assertFalse(verify.isRunning());
        assertFalse(verify.status().complete());
        verify.begin(nowNs);
        assertFalse(verify.status().complete());
        runToEnd();
        assertTrue(verify.status().complete());
        assertEquals(List.of(range(0, 64)), verify.status().ranges());
    }

    @Test
    void aFlushOfAnEarlierRepairEndsNoOther() {
        differ(3, 1);
        verifyAll();
        verify.repairFrom(Role.PRIMARY, nowNs);
        while (pair.requests(Kind.FLUSH) == 0) {
            turn();
        }
        verify.interrupt();
        verify.begin(nowNs);
        turn();
        runToEnd();
        assertEquals(pair.size(), verify.status().done());
    }

    @Test
    void countsWhatItCannotList() {
        for (int i = 0; i < 2 * Verify.MAX_RANGES; i++) {
            differ(2 * i, i % 2);
        }
        for (int i = 0; i < BLOCKS; i += 2) {
            pair.there[i] = 7;
        }
        verifyAll();
        assertEquals(Verify.MAX_RANGES, verify.status().ranges().size());
        assertEquals((BLOCKS + 1) / 2, verify.differences());
    }

    @Test
    void randomDifferencesAreFoundAndMended() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            for (int i = random.nextInt(200); i > 0; i--) {
                pair.there[random.nextInt(BLOCKS)] = random.nextInt();
            }
            verifyAll();
            final boolean[] listed = new boolean[BLOCKS];
            verify.status().ranges().forEach(range -> {
                for (long at = range.offset(); at < range.offset() + range.length(); at += BLOCK) {
                    listed[(int) (at / BLOCK)] = true;
                }
            });
            for (int block = 0; block < BLOCKS; block++) {
                assertEquals(pair.here[block] != pair.there[block], listed[block], "seed " + seed + ", block " + block);
            }
            verify.repairFrom(random.nextBoolean() ? Role.PRIMARY : Role.REDUNDANT, nowNs);
            runToEnd();
            assertArrayEquals(pair.here, pair.there, "seed " + seed);
            assertEquals(0, verify.differences(), "seed " + seed);
        }
    }

    @Test
    void allocatesNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 30 && least > 0; i++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            differ(17, 3);
            differ(1700, 300);
            verifyAll();
            verify.repairFrom(Role.PRIMARY, nowNs);
            runToEnd();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least == 0, "bytes for a verify: " + least);
    }
}
