package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import io.twintrack.engine.rig.SessionRig;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pair asks its target beside writing to it: to attach, to read, which tracks may differ, to record. */
class PairQuestionTest {
    private static final long SIZE = 4 << 20;
    private static final int OPERATION = 8 + 86;
    private static final int OUTCOME = 8 + 30;

    static Stream<Wire> wires() {
        return Stream.of(Wire.LARGE_FRAMES, Wire.SMALL_FRAMES, new Wire(480 + 4096, 480, 2));
    }

    private static Question read(final UnsafeBuffer to, final long offset, final int length) {
        return new Question().set(Operation.READ, 0, 0).about(offset, length).into(to.addressOffset(), length);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void bytesOfTheTargetAreReadWithAnyLengthAndFaults(final Wire wire) {
        final PairRig rig = new PairRig(wire, SIZE).upToDate();
        final UnsafeBuffer target = new UnsafeBuffer(rig.targetDisk.disk().address(), (int) SIZE);
        target.putBytes(0, PairRig.bytes(77, (int) SIZE));
        final Random faults = new Random(5);
        rig.originLink.dropFrames(frame -> faults.nextInt(40) == 0);
        rig.targetLink.dropReplies(reply -> faults.nextInt(40) == 0);
        rig.targetLink.damageReplies(reply -> damage(reply, faults));
        rig.targetDisk.reorder(new Random(6));
        final UnsafeBuffer to = rig.buffer(PairRig.SLOT_LENGTH);
        final int[] lengths = {512, 1024, 4096, 60 * 1024 + 512, PairRig.SLOT_LENGTH};
        for (int i = 0; i < lengths.length; i++) {
            final int offset = 512 * 37 * i;
            to.setMemory(0, to.capacity(), (byte) 0);
            assertEquals(Status.OK, rig.finish(rig.ask(read(to, offset, lengths[i]), 100 + i)));
            final byte[] expected = new byte[lengths[i]];
            target.getBytes(offset, expected);
            final byte[] found = new byte[lengths[i]];
            to.getBytes(0, found);
            assertArrayEquals(expected, found, "length " + lengths[i]);
        }
        assertTrue(rig.count(Counter.REPLIES_BAD) > 0, "no reply was damaged");
        assertTrue(rig.count(Counter.FRAMES_RESENT) > 0, "nothing was lost");
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
    }

    private static boolean damage(final UnsafeBuffer reply, final Random faults) {
        if (faults.nextInt(20) == 0) {
            final int at = faults.nextInt(reply.capacity());
            reply.putByte(at, (byte) (reply.getByte(at) ^ 1 << faults.nextInt(8)));
        }
        return true;
    }

    @Test
    void readsWaitForRoomOnTheWireAndGiveTheirSlotsBack() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        final UnsafeBuffer to = rig.buffer(PairRig.SLOT_LENGTH);
        rig.ask(read(to, 0, PairRig.SLOT_LENGTH), 1);
        rig.targetLink.stallReplies(true);
        rig.cycles(200);
        assertFalse(rig.completions.containsKey(1L));
        rig.targetLink.stallReplies(false);
        assertEquals(Status.OK, rig.finish(1));
        rig.ask(read(to, 0, PairRig.SLOT_LENGTH), 2);
        rig.targetLink.stallReplies(true);
        rig.cycles(200);
        rig.targetLink.stallReplies(false);
        rig.originLink.connect(false);
        assertEquals(Status.PEER_LOST, rig.finish(2));
        rig.originLink.connect(true);
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.upToDate();
        assertEquals(Status.OK, rig.finish(rig.ask(read(to, 0, PairRig.SLOT_LENGTH), 3)));
        rig.target.stop();
        rig.until("the target stopped", rig.target::isStopped);
    }

    @Test
    void aReadThatTheDiskFailsSaysSo() {
        final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
        rig.targetDisk.fail(8192, 12288, true, false, Status.IO_ERROR);
        final UnsafeBuffer to = rig.buffer(PairRig.SLOT_LENGTH);
        assertEquals(Status.IO_ERROR, rig.finish(rig.ask(read(to, 4096, 16384), 1)));
        assertEquals(Status.OK, rig.finish(rig.ask(read(to, 0, 8192), 2)));
        assertEquals(Status.OUT_OF_RANGE, rig.finish(rig.ask(read(to, SIZE - 512, 1024), 3)));
    }

    @Test
    void aReadOfLessThanTheTargetsSectorGetsItsPart() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.SMALL_FRAMES, SIZE)
            .originSector(4096).targetDisk(SIZE, 4096, 4096)).upToDate();
        final UnsafeBuffer target = new UnsafeBuffer(rig.targetDisk.disk().address(), (int) SIZE);
        target.putBytes(0, PairRig.bytes(78, 65536));
        final UnsafeBuffer to = rig.buffer(65536);
        assertEquals(Status.OK, rig.finish(rig.ask(read(to, 8192, 32768), 1)));
        for (int i = 0; i < 32768; i++) {
            assertEquals(target.getByte(8192 + i), to.getByte(i), "byte " + i);
        }
    }

    @Test
    void marksBeyondTheVolumesEndAreZero() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES).attached();
        rig.pair.marksLength = 128;
        final UnsafeBuffer to = rig.buffer(512);
        to.setMemory(0, 512, (byte) 0x55);
        final Question question =
            new Question().set(Operation.TRACKS, 0, 0).about(4096 * 8 * 32, 0).into(to.addressOffset(), 256);
        final int[] lost = {1};
        rig.targetLink.dropReplies(reply -> lost[0]-- > 0);
        assertEquals(Status.OK, rig.finish(rig.side.ask(question, 1)));
        for (int i = 0; i < 256; i++) {
            assertEquals((byte) (i < 96 ? i + 33 : 0), to.getByte(i), "byte " + i);
        }
        assertEquals(0x55, to.getByte(256));
        question.into(to.addressOffset(), 12);
        assertEquals(Status.INVALID, rig.finish(rig.side.ask(question, 2)), "not whole words");
    }

    @Test
    void anOrderIsCarriedOutOnceAndAnsweredWhenItIsDone() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES).attached();
        final UnsafeBuffer payload = rig.buffer(SideOrder.LENGTH);
        final SideOrder order = new SideOrder(7, 11, 12, 13);
        final int[] lost = {1};
        rig.targetLink.dropReplies(reply -> reply.getByte(OUTCOME) == 1 && lost[0]-- > 0);
        rig.side.ask(new Question().set(Operation.ORDER, payload.addressOffset(), order.write(payload, 0)), 1);
        rig.cycles((int) (TimeUnit.SECONDS.toNanos(10) / 100_000));
        assertFalse(rig.completions.containsKey(1L));
        assertTrue(rig.side.attached);
        rig.pair.ordered.get(0).onStatus(Status.OK);
        assertEquals(Status.OK, rig.finish(1));
        rig.side.ask(new Question().set(Operation.ORDER, payload.addressOffset(), SideOrder.LENGTH), 2);
        rig.until("ordered", () -> rig.pair.orders.size() == 2);
        rig.pair.ordered.get(1).onStatus(Status.NO_SPACE);
        assertEquals(Status.NO_SPACE, rig.finish(2));
        assertEquals(order, rig.pair.orders.get(0));
        assertEquals(2, rig.pair.orders.size());
        assertTrue(lost[0] < 1, "no reply was lost");
    }

    @Test
    void noSessionIsOpenedWhileAnOrderOfTheOldOneIsCarriedOut() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES).attached();
        final UnsafeBuffer payload = rig.buffer(SideOrder.LENGTH);
        rig.side.ask(new Question().set(
            Operation.ORDER, payload.addressOffset(), new SideOrder(1, 2, 3, 4).write(payload, 0)), 1);
        rig.until("ordered", () -> rig.pair.orders.size() == 1);
        rig.originLink.connect(false);
        assertEquals(Status.PEER_LOST, rig.finish(1));
        assertEquals(1, rig.pair.sessionsEnded);
        rig.originLink.connect(true);
        rig.cycles(1000);
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
        rig.pair.ordered.get(0).onStatus(Status.OK);
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.attached();
        assertEquals(2, rig.pair.attached.size());
    }

    @Test
    void whatThePairDoesNotAcceptIsRefusedAndTheSessionGoesOn() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES).attached();
        rig.pair.refused.add(Operation.WRITE);
        assertEquals(Status.READ_ONLY, rig.finish(rig.write(1, 4096)));
        assertEquals(0, new UnsafeBuffer(rig.targetDisk.address(), 8).getLong(0), "written");
        rig.pair.refused.clear();
        assertEquals(Status.OK, rig.finish(rig.write(2, 4096)));
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
    }

    @Test
    void aLostAttachOrReportIsAskedForAgainAndThePairHearsItOnce() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES);
        final int[] frames = {1};
        final int[] replies = {2};
        final Predicate<UnsafeBuffer> isAttach = frame -> frame.getByte(OPERATION) == Operation.ATTACH.code();
        rig.originLink.dropFrames(frame -> isAttach.test(frame) && frames[0]-- > 0);
        rig.targetLink.dropReplies(reply -> reply.getByte(OUTCOME) == 6 && replies[0]-- > 0);
        rig.attached();
        assertEquals(1, rig.pair.attached.size());
        final PairReport theirs = rig.pair.attached.get(0);
        assertEquals("vol0", theirs.pairName);
        assertEquals(SessionRig.SIZE, theirs.size);
        assertTrue(frames[0] < 1 && replies[0] < 1, "nothing was lost");
    }

    @Test
    void onePairThatIsRefusedDoesNotKeepTheOtherOut() {
        final SessionRig rig = new SessionRig(Wire.LARGE_FRAMES);
        rig.pair.attachRefusal = Status.UNKNOWN_VOLUME;
        rig.until("the other one is attached", () -> rig.other.attached);
        final UnsafeBuffer to = rig.buffer(4096);
        assertEquals(Status.NOT_ATTACHED, rig.finish(rig.side.ask(read(to, 0, 4096), 1)));
        assertEquals(Status.OK, rig.finish(rig.other.ask(read(to, 0, 4096), 2)));
        assertFalse(rig.side.attached);
        rig.pair.attachRefusal = Status.OK;
        rig.attached();
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
    }

    @Test
    void aPairWhoseSidesDoNotFitServesNothingAndTheOthersGoOn() {
        final PairRig rig =
            new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).targetDisk(SIZE / 2, 512, 512).backPairs(2));
        rig.until("the others are up to date", () -> rig.target.pairs().stream()
            .filter(pair -> pair.role() == Role.PRIMARY).allMatch(pair -> pair.state() == PairState.UP_TO_DATE));
        rig.cycles(30_000);
        assertEquals(Status.NOT_READY, rig.volume().serving());
        assertEquals(Status.NOT_READY, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(1, rig.targetCount(Counter.SESSIONS_OPENED));
    }

    /** A copy that somebody reads is not changed below him, so the primary goes on without it. */
    @Test
    void aPairThatIsRefusedInALaterSessionIsSeveredAndWhatWaitedIsAnswered() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).backPairs(1)).upToDate();
        rig.targetDisk.hold();
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles(5);
        rig.originLink.connect(false);
        rig.cycles(2);
        rig.targetPair().volume().onClientAttached();
        rig.targetDisk.releaseAll();
        rig.originLink.connect(true);
        assertEquals(Status.OK, rig.finish(tag));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.cycles(20_000);
        assertEquals(PairState.SEVERED, rig.pair().state());
        assertEquals(2, rig.count(Counter.SESSIONS_OPENED), "the other pairs' session goes on");
        rig.targetPair().volume().onClientGone();
        rig.upToDate();
        rig.assertSidesEqual();
    }

    @Test
    void clientsThatHoldAllRequestsDoNotKeepThePairFromAttaching() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).depth(1, 4)).upToDate();
        rig.originLink.connect(false);
        rig.cycles(2);
        final long tag = rig.write(1, 0, 4096, false);
        rig.originLink.connect(true);
        assertEquals(Status.OK, rig.finish(tag));
        rig.upToDate();
        assertEquals(2, rig.count(Counter.SESSIONS_OPENED));
        assertTrue(rig.events.stream().noneMatch(event -> event.kind() == PairEvent.Kind.SEVERED));
        rig.assertSidesEqual();
    }
}
