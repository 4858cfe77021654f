package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicatedWriteTest {
    private static final long SIZE = 4 << 20;

    static Stream<Wire> wires() {
        return Stream.of(Wire.LARGE_FRAMES, Wire.SMALL_FRAMES, new Wire(480 + 4096, 480, 2));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void aWriteIsOnBothSidesWhenItCompletes(final Wire wire) {
        final PairRig rig = new PairRig(wire, SIZE).upToDate();
        final int[] lengths = {512, 4096, 60 * 1024, 61 * 1024 + 512, PairRig.SLOT_LENGTH};
        for (int i = 0; i < lengths.length; i++) {
            assertEquals(Status.OK, rig.finish(rig.write(100 + i, 512L * 7 * i, lengths[i], i % 2 == 1)));
            final byte[] expected = PairRig.bytes(100 + i, lengths[i]);
            assertArrayEquals(expected, PairRig.content(rig.originDisk, 512L * 7 * i, lengths[i]));
            assertArrayEquals(expected, PairRig.content(rig.targetDisk, 512L * 7 * i, lengths[i]));
        }
        rig.assertSidesEqual();
        assertEquals(0, rig.originLink.heldByPeer());
        assertEquals(0, rig.count(Counter.FRAMES_RESENT));
    }

    @Test
    void aWriteDoesNotCompleteBeforeTheTargetsDisk() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.hold();
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles(100);
        assertFalse(rig.completions.containsKey(tag));
        rig.targetDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(tag));
    }

    @Test
    void aWriteDoesNotCompleteBeforeTheLocalDisk() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.hold();
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles(100);
        assertFalse(rig.completions.containsKey(tag));
        rig.originDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(tag));
    }

    @Test
    void bothDisksWorkAtTheSameTime() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.hold();
        rig.targetDisk.hold();
        rig.write(1, 0, 4096, false);
        rig.cycles(3);
        assertEquals(1, rig.originDisk.inFlight());
        assertEquals(1, rig.targetDisk.inFlight());
    }

    @Test
    void aFlushReachesBothDisksAndADurableWriteIsDurableOnBoth() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final int originFlushes = rig.originDisk.flushes();
        final int targetFlushes = rig.targetDisk.flushes();
        assertTrue(rig.volume().flush((tag, status) -> rig.completions.put(tag, status), 5));
        assertEquals(Status.OK, rig.finish(5));
        assertEquals(originFlushes + 1, rig.originDisk.flushes());
        assertEquals(targetFlushes + 1, rig.targetDisk.flushes());
        rig.finish(rig.write(6, 0, 4096, true));
        assertEquals(1, rig.originDisk.durableWrites());
        assertEquals(1, rig.targetDisk.durableWrites());
    }

    @Test
    void zeroingReadsAsZeroOnBothSides() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.finish(rig.write(1, 0, 64 * 1024, false));
        final int flushes = rig.targetDisk.flushes();
        assertTrue(rig.volume().zero(512, 8192, true, true, (tag, status) -> rig.completions.put(tag, status), 2));
        assertEquals(Status.OK, rig.finish(2));
        assertArrayEquals(new byte[8192], PairRig.content(rig.targetDisk, 512, 8192));
        assertNotEquals(0, PairRig.content(rig.targetDisk, 0, 1)[0]);
        assertEquals(flushes + 1, rig.targetDisk.flushes());
        rig.assertSidesEqual();
    }

    @Test
    void overlappingWritesRunOneAfterTheOtherAndTheLastOneStays() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.reorder(new Random(3));
        rig.originDisk.hold();
        for (int i = 0; i < 20; i++) {
            rig.write(1000 + i, 4096, 4096 + 512 * (i % 3), false);
        }
        rig.cycles(5);
        assertEquals(1, rig.originDisk.inFlight());
        rig.originDisk.releaseAll();
        for (int i = 0; i < 20; i++) {
            assertEquals(Status.OK, rig.finish(1000 + i));
        }
        assertArrayEquals(PairRig.bytes(1019, 4096), PairRig.content(rig.targetDisk, 4096, 4096));
        rig.assertSidesEqual();
        assertEquals(19, rig.count(Counter.RANGE_WAITS));
    }

    @Test
    void requestsOutsideTheVolumeOrOffItsSectorsAreRefused() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        assertEquals(Status.OUT_OF_RANGE, rig.finish(rig.write(1, SIZE - 512, 1024, false)));
        assertEquals(Status.INVALID, rig.finish(rig.write(2, 100, 512, false)));
        assertEquals(Status.INVALID, rig.finish(rig.write(3, 0, 100, false)));
        rig.assertSidesEqual();
    }

    @Test
    void nothingIsServedBeforeTheHandshakeHasDecided() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);
        assertEquals(Status.NOT_READY, rig.volume().serving());
        assertEquals(Status.NOT_READY, rig.finish(rig.write(1, 0, 512, false)));
        rig.upToDate();
        assertEquals(Status.OK, rig.volume().serving());
    }

    @Test
    void whatDiffersAtTheStartIsCopiedFromTheOrigin() {
        final PairRig rig = new PairRig(Wire.SMALL_FRAMES, SIZE + 4096);
        new UnsafeBuffer(rig.originDisk.disk().address(), 8192).putBytes(0, PairRig.bytes(1, 8192));
        new UnsafeBuffer(rig.targetDisk.disk().address() + SIZE, 512).putBytes(0, PairRig.bytes(2, 512));
        rig.upToDate();
        rig.assertSidesEqual();
        assertArrayEquals(PairRig.bytes(1, 8192), PairRig.content(rig.targetDisk, 0, 8192));
        assertEquals(2, rig.count(Counter.BLOCKS_COPIED));
    }

    @Test
    void aLostFrameAndALostReplyAreSentAgain() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final int[] left = {1};
        rig.originLink.dropFrames(frame -> left[0]-- > 0);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(1, rig.count(Counter.FRAMES_RESENT));
        rig.originLink.dropFrames(null);
        left[0] = 1;
        rig.targetLink.dropReplies(reply -> left[0]-- > 0);
        assertEquals(Status.OK, rig.finish(rig.write(2, 8192, 4096, false)));
        assertEquals(1, rig.targetCount(Counter.FRAMES_DUPLICATE));
        rig.assertSidesEqual();
    }

    @Test
    void aDamagedPayloadIsRefusedAcknowledgedAndSentAgainAtOnce() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final int[] left = {1};
        rig.originLink.damageFrames(frame -> {
            if (left[0]-- > 0) {
                frame.putByte(480 + 17, (byte) (frame.getByte(480 + 17) ^ 4));
            }
            return true;
        });
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles(10);
        assertEquals(Status.OK, rig.completions.get(tag), "without waiting for the reply time-out");
        assertEquals(1, rig.targetCount(Counter.FRAMES_CORRUPT_PAYLOAD));
        assertEquals(1, rig.targetCount(Counter.ERROR_ACKS));
        rig.assertSidesEqual();
    }

    @Test
    void aDamagedHeaderIsDroppedAndTheFrameSentAgain() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        for (int at = 0; at < 120; at++) {
            final int position = at;
            final int[] left = {1};
            rig.originLink.damageFrames(frame -> {
                if (left[0]-- > 0) {
                    frame.putByte(position, (byte) (frame.getByte(position) ^ 0x40));
                }
                return true;
            });
            assertEquals(Status.OK, rig.finish(rig.write(5000 + at, 4096L * (at % 64), 512, false)), "byte " + at);
            rig.slots = new SlotPool(rig.slots.address(0), PairRig.SLOT_LENGTH, 64);
        }
        // Where the session's id is damaged, the frame is one of a session that the target does not know.
        assertEquals(120, rig.targetCount(Counter.FRAMES_BAD) + rig.targetCount(Counter.FRAMES_STALE));
        assertEquals(8, rig.targetCount(Counter.FRAMES_STALE));
        rig.assertSidesEqual();
    }

    @Test
    void aReplayedFrameIsNeverCarriedOutAgain() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final List<byte[]> sent = new ArrayList<>();
        rig.originLink.damageFrames(frame -> {
            final byte[] copy = new byte[frame.capacity()];
            frame.getBytes(0, copy);
            return sent.add(copy);
        });
        rig.finish(rig.write(1, 0, 4096, false));
        rig.originLink.damageFrames(null);
        rig.originLink.inject(sent.get(0));
        rig.finish(rig.write(2, 0, 4096, false));
        rig.originLink.inject(sent.get(0));
        rig.cycles(20);
        assertEquals(1, rig.targetCount(Counter.FRAMES_DUPLICATE), "while its reply is remembered");
        rig.restartTarget();
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.upToDate();
        rig.originLink.inject(sent.get(0));
        rig.cycles(20);
        assertTrue(rig.targetCount(Counter.FRAMES_STALE) > 0, "in another session");
        assertArrayEquals(PairRig.bytes(2, 4096), PairRig.content(rig.targetDisk, 0, 4096));
        rig.assertSidesEqual();
    }

    @Test
    void randomBytesInTheDataStreamChangeNothing() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            final byte[] junk = new byte[1 + random.nextInt(2000)];
            random.nextBytes(junk);
            rig.originLink.inject(junk);
            rig.cycles(1);
        }
        assertEquals(2000, rig.targetCount(Counter.FRAMES_BAD), "seed " + seed);
        assertEquals(Status.OK, rig.finish(rig.write(2, 0, 4096, false)));
        rig.assertSidesEqual();
    }

    @Test
    void aTargetThatDoesNotAnswerIsLeftBehindAfterAllTries() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final long tag = rig.write(1, 0, 4096, false);
        final int cyclesOfAllTries = (int) (TimeUnit.MILLISECONDS.toNanos(2500) / 100_000);
        rig.originCycles(cyclesOfAllTries - 100);
        assertFalse(rig.completions.containsKey(tag));
        rig.originCycles(1000);
        assertEquals(Status.OK, rig.completions.get(tag));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.write(2, 8192, 4096, false);
        assertTrue(rig.volume().read(
            rig.slots.address(5), 4096, 0, (t, status) -> rig.completions.put(t, status), 3));
        rig.originCycles(3);
        assertEquals(Status.OK, rig.completions.get(2L));
        assertEquals(Status.OK, rig.completions.get(3L));
        rig.upToDate();
        assertEquals(Status.OK, rig.finish(rig.write(4, 4096, 4096, false)));
        rig.assertSidesEqual();
    }

    @Test
    void aShortLinkLossIsBridgedByANewSessionAndNothingIsLost() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final long tag = rig.write(1, 0, PairRig.SLOT_LENGTH, false);
        rig.restartTarget();
        assertEquals(Status.OK, rig.finish(tag));
        rig.upToDate();
        rig.assertSidesEqual();
        assertEquals(2, rig.count(Counter.SESSIONS_OPENED));
    }

    @Test
    void aSlowTargetSaysThatItIsStillWorking() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.hold();
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles((int) (TimeUnit.SECONDS.toNanos(10) / 100_000));
        assertFalse(rig.completions.containsKey(tag));
        assertEquals(PairState.UP_TO_DATE, rig.pair().state());
        rig.targetDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(tag));
    }

    @Test
    void aFailedWriteOnTheTargetLeavesItBehindUntilAPersonBringsItBack() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.fail(8192, 16384, false, true, Status.NO_SPACE);
        assertEquals(Status.OK, rig.finish(rig.write(1, 8192, 4096, false)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        assertEquals(Status.OK, rig.finish(rig.write(2, 0, 4096, false)));
        rig.targetDisk.heal();
        rig.cycles(20_000);
        assertEquals(PairState.SEVERED, rig.pair().state(), "an error needs a person");
        rig.pair().commands().reestablish(Keep.NONE, result -> { });
        rig.upToDate();
        rig.assertSidesEqual();
    }

    @Test
    void aFailedWriteOnTheOriginGoesOnOnTheTargetAlone() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.fail(8192, 16384, false, true, Status.IO_ERROR);
        assertEquals(Status.OK, rig.finish(rig.write(1, 8192, 4096, false)));
        assertEquals(Status.OK, rig.finish(rig.write(2, 0, 4096, false)));
        assertArrayEquals(PairRig.bytes(1, 4096), PairRig.content(rig.targetDisk, 8192, 4096));
        assertArrayEquals(PairRig.bytes(2, 4096), PairRig.content(rig.targetDisk, 0, 4096));
        assertArrayEquals(new byte[4096], PairRig.content(rig.originDisk, 0, 4096), "a failed disk takes no more");
        assertTrue(rig.volume().read(
            rig.slots.address(5), 4096, 8192, (t, status) -> rig.completions.put(t, status), 3));
        assertEquals(Status.OK, rig.finish(3));
        final byte[] found = new byte[4096];
        new UnsafeBuffer(rig.slots.address(5), 4096).getBytes(0, found);
        assertArrayEquals(PairRig.bytes(1, 4096), found);
    }

    @Test
    void aDiskThatFailedAFlushIsNeverWrittenAgain() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.originDisk.failFlushes(Status.IO_ERROR);
        assertTrue(rig.volume().flush((tag, status) -> rig.completions.put(tag, status), 5));
        assertEquals(Status.OK, rig.finish(5), "the target has it all, and stable");
        rig.originDisk.heal();
        assertEquals(Status.OK, rig.finish(rig.write(6, 0, 512, false)));
        assertArrayEquals(new byte[512], PairRig.content(rig.originDisk, 0, 512));
        assertArrayEquals(PairRig.bytes(6, 512), PairRig.content(rig.targetDisk, 0, 512));
    }

    @Test
    void volumesOfDifferentSizesNeverPair() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE, SIZE + 512);
        rig.cycles(50_000);
        assertEquals(PairState.HANDSHAKING, rig.pair().state());
        assertEquals(Status.NOT_READY, rig.volume().serving());
    }

    @Test
    void stoppingFinishesWhatIsOnItsWayAndFlushesBothDisks() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final long tag = rig.write(1, 0, 4096, false);
        final int originFlushes = rig.originDisk.flushes();
        rig.origin.stop();
        assertEquals(Status.STOPPING, rig.finish(rig.write(2, 0, 4096, false)));
        assertEquals(Status.OK, rig.finish(tag));
        rig.until("the origin stopped", rig.origin::isStopped);
        assertTrue(rig.originDisk.flushes() > originFlushes);
        rig.target.stop();
        rig.until("the target stopped", rig.target::isStopped);
        rig.assertSidesEqual();
    }
}
