package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders of events that are rare, each built on purpose. */
class AdverseScheduleTest {
    private static final long SIZE = 4 << 20;
    private static final int SLOT = PairRig.SLOT_LENGTH;

    static Stream<PairRig.Shape> coarseTargets() {
        return Stream.of(
            new PairRig.Shape(Wire.SMALL_FRAMES, SIZE).targetDisk(SIZE, 512, 512),
            new PairRig.Shape(Wire.SMALL_FRAMES, SIZE).targetDisk(SIZE, 512, 4),
            new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).targetDisk(SIZE, 512, 4096),
            new PairRig.Shape(new Wire(480 + 4096, 480, 16), SIZE).targetDisk(SIZE, 512, 2048));
    }

    @ParameterizedTest
    @MethodSource("coarseTargets")
    void aPayloadThatLiesOnABoundaryByChanceDoesNotTearItsRequestApart(final PairRig.Shape shape) {
        final PairRig rig = new PairRig(shape).upToDate();
        for (int i = 0; i < 40; i++) {
            final long offset = 512L * 37 * i;
            assertEquals(Status.OK, rig.finish(rig.write(1 + i, offset, 512 * (100 + i), false)), "write " + i);
            rig.slots.release(1);
        }
        rig.assertSidesEqual();
    }

    @Test
    void aSessionThatOnlyTheTargetLostIsReplaced() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.restartTarget();
        rig.targetLink.dropReplies(reply -> true);
        rig.cycles(1000);
        rig.targetLink.connectHere(false);
        rig.cycles(2);
        rig.targetLink.connectHere(true);
        rig.targetLink.dropReplies(null);
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.upToDate();
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        rig.assertSidesEqual();
    }

    @Test
    void aTargetWhoseSlotsAllWaitForLostFramesIsNotTakenForDead() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.SMALL_FRAMES, SIZE).peerSlots(4)).upToDate();
        final Set<Long> seen = new HashSet<>();
        rig.originLink.dropFrames(frame -> {
            final long requestId = frame.getLong(8 + 24);
            return frame.getByte(8 + 86) == 2 && seen.size() < 4 && seen.add(requestId);
        });
        for (int i = 0; i < 6; i++) {
            rig.write(1 + i, 65536L * i, 4096, false);
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(Status.OK, rig.finish(1 + i), "write " + i);
        }
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
        rig.assertSidesEqual();
    }

    @Test
    void aTargetStopsWhileAllItsAppliesAreInUseAndFlushesAfterThem() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).depth(64, 4)).upToDate();
        rig.targetDisk.hold();
        for (int i = 0; i < 8; i++) {
            rig.write(1 + i, 65536L * i, 4096, false);
        }
        rig.cycles(5);
        final int flushes = rig.targetDisk.flushes();
        rig.target.stop();
        rig.cycles(20);
        assertFalse(rig.target.isStopped());
        assertEquals(flushes, rig.targetDisk.flushes(), "flushed before what it should cover");
        rig.targetDisk.releaseAll();
        rig.until("the target stopped", rig.target::isStopped);
        assertTrue(rig.targetDisk.flushes() > flushes);
        assertEquals(0, rig.originLink.heldByPeer());
    }

    @Test
    void manyWritesThatWaitForOneRangeEndTogetherWhenThePeerIsLost() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).depth(16384, 1024)).upToDate();
        final long address = rig.filledSlot(1, 4096);
        for (int i = 0; i < 16_000; i++) {
            assertTrue(rig.volume().write(
                address, 4096, 0, false, (tag, status) -> rig.completions.put(tag, status), i));
        }
        rig.originCycles(80_000);
        for (long i = 0; i < 16_000; i++) {
            assertEquals(Status.OK, rig.completions.get(i));
        }
        assertEquals(0, rig.origin.requestsInUse());
    }

    @Test
    void aWireThatTakesNothingSeversThePairInTime() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originLink.stallFrames(true);
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles((int) (TimeUnit.MILLISECONDS.toNanos(3_000) / 100_000));
        assertEquals(Status.OK, rig.completions.get(tag));
        rig.originLink.stallFrames(false);
        rig.upToDate();
        rig.assertSidesEqual();
    }

    @Test
    void aPauseOfBothSidesIsNotTakenForALoss() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        for (int i = 0; i < 5; i++) {
            final long tag = rig.write(1 + i, 0, SLOT, false);
            rig.cycles(i);
            rig.pause(TimeUnit.SECONDS.toNanos(12));
            assertEquals(Status.OK, rig.finish(tag));
        }
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
        rig.assertSidesEqual();
    }

    @Test
    void aBlockThatTheTargetCannotReadIsWrittenAnew() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);
        rig.targetDisk.fail(4096, 8192, true, false, Status.IO_ERROR);
        rig.upToDate();
        assertEquals(1, rig.count(Counter.BLOCKS_COPIED));
    }

    /** Bytes of a disk that failed a flush may be older than what was acknowledged. */
    @Test
    void aFailedFlushOfTheOriginEndsTheComparisonToo() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);
        rig.until("comparing", () -> rig.pair().state() == PairState.FULL_SYNC);
        rig.originDisk.failFlushes(Status.IO_ERROR);
        rig.originDisk.hold();
        flush(rig, 5);
        rig.cycles(2);
        final byte[] kept = PairRig.bytes(9, 4096);
        new UnsafeBuffer(rig.targetDisk.disk().address() + SIZE - 4096, 4096).putBytes(0, kept);
        rig.originDisk.releaseAll();
        assertEquals(Status.IO_ERROR, rig.finish(5));
        rig.originDisk.heal();
        rig.cycles(20_000);
        assertEquals(SideState.FAILED, rig.pair().commands().status(0).side());
        assertEquals(Status.IO_ERROR, rig.finish(rig.write(6, 0, 4096, false)));
        assertNotEquals(PairState.UP_TO_DATE, rig.pair().state());
        assertEquals(SideState.INCONSISTENT, rig.targetPair().commands().status(0).side());
        assertArrayEquals(kept, PairRig.content(rig.targetDisk, SIZE - 4096, 4096), "copied from a failed disk");
    }

    @Test
    void aFailedFlushOfTheTargetEndsUpToDateForGood() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.failFlushes(Status.IO_ERROR);
        flush(rig, 5);
        assertEquals(Status.OK, rig.finish(5));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.targetDisk.heal();
        rig.pair().commands().reestablish(Keep.NONE, result -> assertFalse(result.done(), result::toString));
        rig.cycles(50_000);
        assertEquals(SideState.FAILED, rig.targetPair().commands().status(0).side());
        assertEquals(PairState.SEVERED, rig.pair().state());
        assertEquals(Status.OK, rig.finish(rig.write(6, 0, 4096, false)));
    }

    @Test
    void aTargetWithCoarserSectorsIsRefusedAtOnce() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).targetDisk(SIZE, 4096, 512));
        rig.cycles(30_000);
        assertEquals(PairState.HANDSHAKING, rig.pair().state());
        assertEquals(Status.NOT_READY, rig.volume().serving());
        assertEquals(0, rig.targetDisk.started());
    }

    @Test
    void aTargetThatWasStartedAnewUnnoticedIsFoundOutByItsBootId() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);
        final List<byte[]> hellos = new ArrayList<>();
        rig.originLink.dropFrames(frame -> {
            if (frame.getByte(8 + 86) == 1) {
                final byte[] copy = new byte[frame.capacity()];
                frame.getBytes(0, copy);
                hellos.add(copy);
            }
            return false;
        });
        rig.upToDate();
        rig.cycles(100);
        rig.restartTargetUnnoticed();
        rig.originLink.inject(hellos.get(0));
        rig.cycles(10);
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.upToDate();
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        rig.assertSidesEqual();
    }

    @Test
    void anOriginThatIsStartedAnewComparesBeforeItServes() {
        final PairRig rig = new PairRig(Wire.SMALL_FRAMES, SIZE).upToDate();
        rig.targetDisk.hold();
        rig.write(1, 0, SLOT, false);
        rig.cycles(20);
        rig.restartOrigin();
        rig.cycles(100);
        assertEquals(PairState.CONNECTING, rig.pair().state());
        assertEquals(Status.NOT_READY, rig.volume().serving());
        rig.targetDisk.releaseAll();
        rig.upToDate();
        rig.assertSidesEqual();
    }

    @Test
    void twoNodesThatCompareWithEachOtherLeaveSlotsForOneAnother() {
        final PairRig rig =
            new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).backPairs(2).peerSlots(4)).upToDate();
        for (final Pair pair : rig.target.pairs()) {
            rig.until(pair.name() + " is up to date", () -> pair.state() == PairState.UP_TO_DATE);
        }
        assertEquals(0, rig.count(Counter.SESSIONS_LOST));
        assertEquals(0, rig.targetCount(Counter.SESSIONS_LOST));
    }

    @Test
    void poolsOfOneAreEnough() {
        final PairRig rig = new PairRig(
            new PairRig.Shape(Wire.SMALL_FRAMES, SIZE).depth(1, 1).peerSlots(2).targetQueue(1)).upToDate();
        for (int i = 0; i < 10; i++) {
            assertEquals(Status.OK, rig.finish(rig.write(1 + i, 4096L * i, SLOT, true)));
        }
        rig.origin.stop();
        rig.until("the origin stopped", rig.origin::isStopped);
        rig.target.stop();
        rig.until("the target stopped", rig.target::isStopped);
        rig.assertSidesEqual();
    }

    @Test
    void anOriginStopsWhileItComparesAndWhileItsPeerIsGone() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);
        rig.until("comparing", () -> rig.pair().state() == PairState.FULL_SYNC);
        rig.cycles(2);
        rig.write(1, 0, 4096, false);
        rig.origin.stop();
        rig.originLink.connect(false);
        rig.originCycles(30_000);
        assertEquals(Status.OK, rig.completions.get(1L), "on this side, which recorded that it is alone");
        assertEquals(SeveredBy.RETRIES, rig.pair().commands().status(0).severedBy());
        assertTrue(rig.origin.isStopped());
        assertEquals(0, rig.origin.requestsInUse());
    }

    /** What was acknowledged before may have been in the target's volatile cache. */
    @Test
    void aTargetThatLostPowerIsInconsistentUntilWhatItLostIsBack() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        new UnsafeBuffer(rig.targetDisk.disk().address(), 4096).setMemory(0, 4096, (byte) 0);
        rig.targetLife = 2;
        rig.restartTarget();
        rig.originDisk.hold();
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        flush(rig, 2);
        rig.cycles(200);
        assertFalse(rig.completions.containsKey(2L), "answered, and neither side has made it stable");
        rig.originDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(2));
        final SideState target = rig.targetPair().commands().status(0).side();
        assertTrue(rig.pair().state() == PairState.UP_TO_DATE || target == SideState.INCONSISTENT, target::toString);
        rig.upToDate();
        rig.assertSidesEqual();
    }

    /** Its process alone was started anew: the disk has what it took, and a flush covers it. */
    @Test
    void aFlushIsAnsweredWhenOnlyTheTargetsProcessWasRestarted() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        final long compared = rig.count(Counter.BLOCKS_COMPARED);
        rig.restartTarget();
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        flush(rig, 2);
        assertEquals(Status.OK, rig.finish(2));
        rig.upToDate();
        assertEquals(compared, rig.count(Counter.BLOCKS_COMPARED), "nothing was lost");
        rig.assertSidesEqual();
    }

    @Test
    void aDurableWriteThatTheDiskFailedLeavesTheVolumeToTheTarget() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.fail(0, 4096, false, true, Status.IO_ERROR);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, true)));
        assertEquals(SideState.FAILED, rig.pair().commands().status(0).side());
        assertArrayEquals(PairRig.bytes(1, 4096), PairRig.content(rig.targetDisk, 0, 4096));
        rig.originDisk.heal();
        final int started = rig.originDisk.started();
        assertEquals(Status.OK, rig.finish(rig.write(2, 4096, 4096, true)));
        assertEquals(started, rig.originDisk.started(), "a disk that failed is used again");
        assertArrayEquals(PairRig.bytes(2, 4096), PairRig.content(rig.targetDisk, 4096, 4096));
    }

    /** Nothing can go on alone here, so the target is given up for the moment, and asked again in the next session. */
    @Test
    void theOnlyCopyServesAgainAfterALongCut() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.fail(0, 4096, false, true, Status.IO_ERROR);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, true)));
        rig.originLink.connect(false);
        assertNotEquals(Status.OK, rig.finish(rig.write(2, 4096, 4096, false)));
        rig.originLink.connect(true);
        rig.until("the peer's copy serves", () -> rig.pair().state() == PairState.UP_TO_DATE);
        assertEquals(Status.OK, rig.finish(rig.write(3, 8192, 4096, true)));
        assertArrayEquals(PairRig.bytes(3, 4096), PairRig.content(rig.targetDisk, 8192, 4096));
    }

    @Test
    void aDurableWriteThatTheOnlyDiskFailedCountsAsAFailedFlush() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.originDisk.fail(0, 4096, false, true, Status.IO_ERROR);
        assertEquals(Status.IO_ERROR, rig.finish(rig.write(2, 0, 4096, true)));
        rig.originDisk.heal();
        assertEquals(Status.IO_ERROR, rig.finish(rig.write(3, 0, 4096, false)), "a disk that failed is used again");
        rig.until("it is recorded", () -> rig.pair().commands().status(0).side() == SideState.FAILED);
    }

    /** A person asks for one side's changes, and while the peer is asked what it has, the disk fails. */
    @Test
    void aChoiceThatAFailingDiskOvertakesIsAnswered() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        final List<CommandResult> results = new ArrayList<>();
        rig.targetPair().commands().promote(true, results::add);
        rig.originLink.connect(true);
        rig.until("they meet", () -> rig.pair().state() == PairState.DIVERGED);
        rig.originDisk.fail(0, 4096, false, true, Status.IO_ERROR);
        final long write = rig.write(2, 0, 4096, true);
        rig.pair().commands().reestablish(Keep.LOCAL, results::add);
        assertEquals(Status.IO_ERROR, rig.finish(write));
        rig.until("it is answered", () -> results.size() == 2);
        assertEquals(PairRule.KEEP_LATER, results.get(1).refused().kept());
        rig.until("the next one finds what happened", () -> {
            rig.pair().commands().reestablish(Keep.LOCAL, results::add);
            return results.get(results.size() - 1).what().contains("FAILED");
        });
    }

    /** From the failed flush on the target refuses what comes, and waits for the rest of what it has a part of. */
    @Test
    void aWriteThatHalfArrivedBeforeTheTargetFailedIsAnswered() {
        final PairRig rig = new PairRig(Wire.SMALL_FRAMES, SIZE).upToDate();
        final int[] sent = {0};
        rig.originLink.dropFrames(frame -> ++sent[0] == 2);
        final long write = rig.write(1, 0, 4096, false);
        rig.until("one of its frames is lost", () -> sent[0] >= 2);
        rig.cycles(10);
        rig.originLink.dropFrames(frame -> false);
        rig.targetDisk.failFlushes(Status.IO_ERROR);
        rig.volume().flush((tag, status) -> rig.completions.put(tag, status), 2);
        assertEquals(Status.OK, rig.finish(2));
        assertEquals(PairState.SEVERED, rig.pair().state());
        assertEquals(Status.OK, rig.finish(write));
    }

    /** What it wrote alone, and gave up, would look like writes that it was cut off from. */
    @Test
    void aSideThatWasFilledHasNoActiveRegionsOfItsOwn() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final List<CommandResult> results = new ArrayList<>();
        rig.pair().commands().sever(results::add);
        rig.until("it is severed", () -> results.size() == 1);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(1, rig.pair().commands().status(0).activeRegions());
        rig.targetPair().commands().promote(true, results::add);
        rig.until("both are primary", () -> results.size() == 2);
        rig.until("they meet", () -> rig.targetPair().state() == PairState.DIVERGED);
        rig.targetPair().commands().reestablish(Keep.LOCAL, results::add);
        rig.until("it is filled", () -> rig.pair().state() == PairState.UP_TO_DATE);
        assertEquals(0, rig.pair().commands().status(0).activeRegions());
        rig.upToDate();
        rig.assertSidesEqual();
    }

    @Test
    void aFlushThatFailsAtTheEndIsNotTakenForACleanStop() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.failFlushes(Status.IO_ERROR);
        rig.origin.stop();
        rig.until("the origin stopped", rig.origin::isStopped);
        assertTrue(rig.origin.isFlushFailed());
        assertEquals(SideState.FAILED, rig.pair().commands().status(0).side());
        rig.target.stop();
        rig.until("the target stopped", rig.target::isStopped);
        assertFalse(rig.target.isFlushFailed());
    }

    private static void flush(final PairRig rig, final long tag) {
        assertTrue(rig.volume().flush((t, status) -> rig.completions.put(t, status), tag));
    }
}
