package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
}
