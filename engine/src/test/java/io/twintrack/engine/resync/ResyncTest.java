package io.twintrack.engine.resync;

import static io.twintrack.engine.resync.SimulatedPair.BLOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.resync.Resync.Mode;
import io.twintrack.engine.resync.SimulatedPair.Kind;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ResyncTest {
    private static final int BLOCKS = 4096;
    private static final int SLOT = 256 * 1024;
    private static final long STEP_NS = 5_000;

    private final SimulatedPair pair = new SimulatedPair(BLOCKS);
    private final ChangedTracks tracks = tracks(BLOCK);
    private final SlotPool slots = new SlotPool(1 << 20, SLOT, 64);
    private int saves;
    private Status saveStatus = Status.OK;
    private final Resync resync = resync(Pacing.UNLIMITED);
    private long nowNs = 1;

    private Resync resync(final Pacing pacing) {
        return new Resync(pair, tracks, slots, pacing, (from, to, listener) -> {
            saves++;
            listener.onStatus(saveStatus);
        });
    }

    private static ChangedTracks tracks(final int trackSize) {
        final long size = (long) BLOCKS * BLOCK;
        final int length = (int) ChangedTracks.bitsLength(size, trackSize);
        return new ChangedTracks(new UnsafeBuffer(ByteBuffer.allocateDirect(length)),
            new UnsafeBuffer(ByteBuffer.allocateDirect((int) ChangedTracks.summaryLength(length))), size, trackSize);
    }

    /** The primary wrote here alone. */
    private void change(final int block, final int blocks) {
        for (int i = block; i < block + blocks; i++) {
            pair.here[i]++;
        }
        tracks.mark((long) block * BLOCK, (long) blocks * BLOCK);
    }

    private void turn() {
        nowNs += STEP_NS;
        pair.poll(nowNs);
        resync.poll(nowNs);
    }

    private void runToEnd() {
        for (int i = 0; i < 1_000_000 && !resync.isFinished(); i++) {
            turn();
        }
        assertTrue(resync.isFinished());
        assertEquals(0, tracks.count());
        assertEquals(slots.count(), slots.free());
    }

    @Test
    void copiesExactlyWhatIsMarkedInRunsOfAtMostASlot() {
        change(3, 1);
        change(100, 200);
        change(BLOCKS - 1, 1);
        pair.there[50] = 99;
        resync.begin(Mode.COPY, nowNs);
        runToEnd();
        assertEquals(202L * BLOCK, pair.bytesCopied);
        assertEquals(202L * BLOCK, resync.copiedBytes());
        assertEquals(1 + 4 + 1, pair.requests(Kind.COPY), "200 tracks in a row are three slots and a rest");
        assertEquals(SLOT, pair.longest);
        assertEquals(99, pair.there[50], "what is not marked is not touched");
        assertArrayEquals(pair.there, pair.stableThere, "it ends with a flush");
        pair.there[50] = 0;
        assertArrayEquals(pair.here, pair.there);
        assertEquals(1, saves);
    }

    @Test
    void nothingMarkedEndsWithAFlush() {
        resync.begin(Mode.COPY, nowNs);
        assertTrue(resync.isRunning());
        runToEnd();
        assertFalse(resync.isRunning());
        assertEquals(1, pair.requests(Kind.FLUSH));
    }

    @Test
    void eachModeAsksForItsOperation() {
        for (final Mode mode : Mode.values()) {
            change(7, 1);
            resync.begin(mode, nowNs);
            runToEnd();
        }
        assertEquals(1, pair.requests(Kind.COPY));
        assertEquals(1, pair.requests(Kind.COMPARE_AND_COPY));
        assertEquals(1, pair.requests(Kind.PULL));
    }

    @Test
    void marksThatAreSetBehindTheCursorAreCopiedToo() {
        change(1000, 2000);
        resync.begin(Mode.COPY, nowNs);
        for (int i = 0; i < 200; i++) {
            turn();
        }
        change(0, 5);
        runToEnd();
        assertArrayEquals(pair.here, pair.there);
    }

    @Test
    void aMarkThatIsSetDuringTheLastFlushIsNotForgotten() {
        change(5, 1);
        resync.begin(Mode.COPY, nowNs);
        while (pair.requests(Kind.FLUSH) == 0) {
            turn();
        }
        change(1, 1);
        runToEnd();
        assertArrayEquals(pair.here, pair.there);
        assertEquals(2, pair.requests(Kind.FLUSH));
    }

    @Test
    void aBadSectorHoldsBackItsOwnTrackAlone() {
        change(0, 128);
        pair.unreadable.set(70);
        resync.begin(Mode.COPY, nowNs);
        for (int i = 0; i < 1_000_000 && tracks.count() > 1; i++) {
            turn();
        }
        assertTrue(tracks.isMarked(70L * BLOCK, BLOCK));
        assertEquals(127, pair.bytesCopied / BLOCK);
        assertEquals(Status.IO_ERROR, resync.lastError());
        for (int i = 0; i < 1000; i++) {
            turn();
        }
        assertFalse(resync.isFinished());
        assertTrue(resync.errors() < 10, "it does not try without rest");
        pair.unreadable.clear();
        runToEnd();
    }

    @Test
    void aFlushOrASaveThatFailsIsTriedAgainAndNothingEndsBefore() {
        change(9, 1);
        saveStatus = Status.IO_ERROR;
        resync.begin(Mode.COPY, nowNs);
        for (int i = 0; i < 1_000_000 && saves < 2; i++) {
            turn();
        }
        assertFalse(resync.isFinished());
        assertTrue(resync.errors() > 0);
        saveStatus = Status.OK;
        runToEnd();
    }

    @Test
    void interruptedMarksAgainWhatNoFlushCovered() {
        change(10, 3);
        change(400, 2);
        change(1000, 2000);
        resync.begin(Mode.COPY, nowNs);
        while (tracks.isMarked(400L * BLOCK, BLOCK)) {
            turn();
        }
        final long before = tracks.count();
        assertFalse(tracks.isMarked(10L * BLOCK, 3 * BLOCK));
        resync.interrupt();
        assertTrue(tracks.count() > before);
        assertTrue(tracks.isMarked(10L * BLOCK, 3 * BLOCK));
        assertFalse(tracks.isMarked(13L * BLOCK, 100 * BLOCK), "exactly what was copied, nothing between");
        assertEquals(2005, tracks.count());
    }

    @Test
    void whatEndsAfterTheInterruptionClearsNothing() {
        change(0, 64);
        resync.begin(Mode.COPY, nowNs);
        turn();
        assertEquals(1, pair.requests(Kind.COPY));
        resync.interrupt();
        while (!pair.isIdle()) {
            turn();
        }
        assertEquals(64, tracks.count());
        assertEquals(slots.count(), slots.free());
        resync.begin(Mode.COPY, nowNs);
        runToEnd();
    }

    @Test
    void theNextOneGoesOnWhereItWas() {
        change(0, 1);
        change(1000, 3000);
        resync.begin(Mode.COPY, nowNs);
        while (pair.bytesCopied < 300L * BLOCK) {
            turn();
        }
        resync.interrupt();
        while (!pair.isIdle()) {
            turn();
        }
        pair.lowestOffset = pair.size();
        resync.begin(Mode.COPY, nowNs);
        turn();
        assertTrue(pair.lowestOffset > 1300L * BLOCK && pair.lowestOffset < pair.size());
        runToEnd();
        assertArrayEquals(pair.here, pair.there);
    }

    @Test
    void flushesNowAndThen() {
        change(0, BLOCKS);
        for (int i = 0; i < BLOCKS; i += 2) {
            tracks.clear((long) i * BLOCK, BLOCK);
        }
        resync.begin(Mode.COPY, nowNs);
        for (int i = 0; i < 1_000_000 && tracks.count() > 0; i++) {
            nowNs += Resync.FLUSH_NS / 10;
            turn();
        }
        assertTrue(pair.requests(Kind.FLUSH) > 2);
        assertTrue(saves > 1);
    }

    /** Writes, interruptions and power losses of the sink; in the end both sides are equal. */
    @Test
    void randomHistoriesEndEqual() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        resync.begin(Mode.COPY, nowNs);
        for (int i = 0; i < 200_000; i++) {
            switch (random.nextInt(400)) {
                case 0 -> change(random.nextInt(BLOCKS - 100), 1 + random.nextInt(100));
                case 1 -> pair.write((long) random.nextInt(BLOCKS) * BLOCK, (tag, status) -> { }, 0);
                case 2 -> losePower(random.nextInt(8) == 0);
                case 3 -> nowNs += Resync.FLUSH_NS / 10;
                default -> turn();
            }
            if (resync.isFinished()) {
                assertArrayEquals(pair.here, pair.there, "seed " + seed);
                resync.begin(Mode.COPY, nowNs);
            }
        }
        runToEnd();
        assertArrayEquals(pair.here, pair.there, "seed " + seed);
    }

    /** Clients' unflushed writes are the intent log's matter: here they are marked. */
    private void losePower(final boolean lost) {
        if (!lost) {
            return;
        }
        pair.failure = Status.PEER_LOST;
        nowNs += 1_000_000_000;
        pair.poll(nowNs);
        pair.failure = Status.OK;
        final int[] before = pair.there.clone();
        pair.losePowerThere();
        resync.interrupt();
        for (int block = 0; block < BLOCKS; block++) {
            final boolean byClient = pair.there[block] != before[block]
                && !tracks.isMarked((long) block * BLOCK, BLOCK);
            if (byClient) {
                change(block, 1);
            }
        }
        resync.begin(Mode.COPY, nowNs);
    }

    @Test
    void leavesHalfOfTheSlots() {
        change(0, BLOCKS);
        final SlotPool few = new SlotPool(1 << 20, SLOT, 6);
        final Resync narrow = new Resync(pair, tracks, few, Pacing.UNLIMITED, (from, to, done) ->
            done.onStatus(saveStatus));
        narrow.begin(Mode.COPY, nowNs);
        narrow.poll(nowNs);
        assertEquals(3, few.free());
    }

    @Test
    void goesOnAfterItWasNotTaken() {
        change(0, 3);
        pair.refusing = true;
        resync.begin(Mode.COPY, nowNs);
        turn();
        assertEquals(slots.count(), slots.free());
        pair.refusing = false;
        runToEnd();
    }

    @Test
    void tracksMustFitIntoASlot() {
        final SlotPool small = new SlotPool(1 << 20, 4096, 8);
        assertThrows(IllegalArgumentException.class, () -> new Resync(
            pair, tracks(64 * 1024), small, Pacing.UNLIMITED, (from, to, listener) -> listener.onStatus(Status.OK)));
    }

    @Test
    void tellsHowFarItIs() {
        change(0, BLOCKS);
        final ResyncStatus unknown = resync.status(ResyncStatus.Kind.FULL);
        assertEquals(-1, unknown.secondsToGo());
        resync.begin(Mode.COPY, nowNs);
        // 16 MiB at 1 GB/s are through in 17 ms; a slower one tells more.
        for (int i = 0; i < 8; i++) {
            nowNs += 250_000_000;
            turn();
        }
        final ResyncStatus status = resync.status(ResyncStatus.Kind.FULL);
        assertEquals((long) BLOCKS * BLOCK, status.total());
        assertTrue(status.done() > 0 && status.done() <= status.total());
        assertTrue(status.bytesPerSecond() > 0);
        assertEquals(ResyncStatus.Direction.PUSH, status.direction());
        runToEnd();
        assertEquals(status.total(), resync.status(ResyncStatus.Kind.FULL).done());
        assertEquals(0, resync.status(ResyncStatus.Kind.FULL).secondsToGo());
    }

    @Test
    void allocatesNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 30 && least > 0; i++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            change(0, 2000);
            resync.begin(i % 2 == 0 ? Mode.COPY : Mode.COMPARE, nowNs);
            runToEnd();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least, "bytes for a resync");
    }
}
