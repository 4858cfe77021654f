package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.device.FaultyBlockDevice;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import io.twintrack.engine.volume.RequestListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When a change is answered, by the pair's mode, and what then still holds. */
class EarlyAnswerTest {
    private static final long SIZE = 4 << 20;
    private static final int LENGTH = 4096;

    /** What a client hears, in order. */
    private static final class Heard implements RequestListener {
        final List<String> events = new ArrayList<>();

        @Override
        public void onComplete(final long tag, final Status status) {
            events.add("complete " + tag + ' ' + status);
        }

        @Override
        public boolean onAnswered(final long tag) {
            events.add("answered " + tag);
            return true;
        }

        @Override
        public void onReleased(final long tag, final Status status) {
            events.add("released " + tag + ' ' + status);
        }

        boolean has(final String event) {
            return events.contains(event);
        }
    }

    private final Heard heard = new Heard();

    static Stream<Wire> wires() {
        return Stream.of(Wire.LARGE_FRAMES, Wire.SMALL_FRAMES, new Wire(480 + 4096, 480, 2));
    }

    private static PairRig rig(final Mode mode, final Wire wire) {
        return new PairRig(new PairRig.Shape(wire, SIZE).mode(mode)).upToDate();
    }

    private static PairRig rig(final Mode mode) {
        return rig(mode, Wire.LARGE_FRAMES);
    }

    private void write(final PairRig rig, final long tag, final long offset, final int length, final boolean durable) {
        assertTrue(rig.volume().write(rig.filledSlot(tag, length), length, offset, durable, heard, tag));
    }

    private void write(final PairRig rig, final long tag) {
        write(rig, tag, 0, LENGTH, false);
    }

    private void until(final PairRig rig, final String event) {
        rig.until(event, () -> heard.has(event));
    }

    private static void assertHolds(final FaultyBlockDevice disk, final long seed, final int length) {
        assertArrayEquals(PairRig.bytes(seed, length), PairRig.content(disk, 0, length));
    }

    @Test
    void inModeDiskNothingIsAnsweredEarly() {
        final PairRig rig = rig(Mode.DISK);
        rig.targetDisk.hold();
        write(rig, 1);
        rig.cycles(100);
        assertEquals(List.of(), heard.events);
        rig.targetDisk.releaseAll();
        until(rig, "complete 1 OK");
        assertEquals(0, rig.count(Counter.ANSWERED_EARLY));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void inModeMemoryTheTargetsMemoryIsEnough(final Wire wire) {
        final PairRig rig = rig(Mode.MEMORY, wire);
        rig.targetDisk.hold();
        write(rig, 1, 0, PairRig.SLOT_LENGTH, false);
        until(rig, "answered 1");
        assertHolds(rig.originDisk, 1, PairRig.SLOT_LENGTH);
        rig.cycles(100);
        assertEquals(List.of("answered 1"), heard.events);
        rig.targetDisk.releaseAll();
        until(rig, "released 1 OK");
        assertEquals(List.of("answered 1", "released 1 OK"), heard.events);
        rig.assertSidesEqual();
    }

    @Test
    void inModeMemoryBothItsDiskAndTheTargetAreNeeded() {
        final PairRig rig = rig(Mode.MEMORY);
        rig.originLink.stallFrames(true);
        write(rig, 1);
        rig.cycles(20);
        assertEquals(List.of(), heard.events);
        rig.originDisk.hold();
        write(rig, 2, LENGTH, LENGTH, false);
        rig.originLink.stallFrames(false);
        rig.cycles(20);
        assertFalse(heard.has("answered 2"));
        assertFalse(heard.has("complete 2 OK"));
        rig.originDisk.releaseAll();
        rig.until("both end", () -> heard.events.stream().filter(event -> event.endsWith(" OK")).count() == 2);
    }

    /** The answer that says so is lost: the frame is sent again, and says it again. */
    @Test
    void inModeMemoryALostAnswerIsAskedForAgain() {
        final PairRig rig = rig(Mode.MEMORY);
        rig.targetDisk.hold();
        rig.targetLink.dropReplies(reply -> rig.count(Counter.FRAMES_RESENT) == 0);
        write(rig, 1);
        until(rig, "answered 1");
        assertEquals(1, rig.count(Counter.FRAMES_RESENT));
        rig.targetDisk.releaseAll();
        until(rig, "released 1 OK");
    }

    @Test
    void inModeMemoryADurableWriteAndAFlushAreOnBothDisks() {
        final PairRig rig = rig(Mode.MEMORY);
        rig.targetDisk.hold();
        write(rig, 1, 0, LENGTH, true);
        rig.cycles(100);
        assertEquals(List.of(), heard.events);
        rig.targetDisk.release(1);
        until(rig, "complete 1 OK");
        write(rig, 2);
        until(rig, "answered 2");
        final int flushes = rig.targetDisk.flushes();
        assertTrue(rig.volume().flush(heard, 3));
        rig.cycles(100);
        assertEquals(flushes, rig.targetDisk.flushes(), "a flush went past a write that it must keep");
        write(rig, 4, LENGTH, LENGTH, false);
        until(rig, "answered 4");
        rig.targetDisk.release(1);
        until(rig, "released 2 OK");
        // Not for the one that was answered after it began.
        rig.until("the flush reaches the target", () -> rig.targetDisk.flushes() > flushes);
        rig.targetDisk.releaseAll();
        until(rig, "complete 3 OK");
        until(rig, "released 4 OK");
    }

    /** The origin is gone for good: what it had answered must be on the target's disk. */
    @ParameterizedTest
    @MethodSource("wires")
    void inModeMemoryTheTargetWritesWhatItHolds(final Wire wire) {
        final PairRig rig = rig(Mode.MEMORY, wire);
        rig.targetDisk.refuse(Integer.MAX_VALUE);
        write(rig, 1, 0, PairRig.SLOT_LENGTH, false);
        until(rig, "answered 1");
        assertFalse(Arrays.equals(PairRig.bytes(1, PairRig.SLOT_LENGTH),
            PairRig.content(rig.targetDisk, 0, PairRig.SLOT_LENGTH)), "it is not on the disk yet");
        rig.originLink.connect(false);
        rig.cycles(100);
        rig.targetDisk.refuse(0);
        rig.cycles(100);
        assertHolds(rig.targetDisk, 1, PairRig.SLOT_LENGTH);
    }

    /** In mode disk nobody was promised anything: a write of an old session must not come late. */
    @Test
    void inModeDiskTheTargetDropsWhatItHolds() {
        final PairRig rig = rig(Mode.DISK);
        rig.targetDisk.refuse(Integer.MAX_VALUE);
        write(rig, 1);
        rig.until("it has arrived", () -> rig.targetDisk.refused() > 0);
        rig.originLink.connect(false);
        rig.cycles(100);
        rig.targetDisk.refuse(0);
        rig.cycles(100);
        assertArrayEquals(new byte[LENGTH], PairRig.content(rig.targetDisk, 0, LENGTH));
    }

    @Test
    void aPromiseThatCannotBeKeptFailsTheDisk() {
        final PairRig rig = rig(Mode.MEMORY);
        rig.targetDisk.refuse(Integer.MAX_VALUE);
        write(rig, 1);
        until(rig, "answered 1");
        rig.originLink.connect(false);
        rig.cycles(100);
        rig.targetDisk.fail(0, LENGTH, false, true, Status.IO_ERROR);
        rig.targetDisk.refuse(0);
        rig.until("the target's disk is failed",
            () -> rig.targetPair().commands().status(0).side() == SideState.FAILED);
    }

    @Test
    void inModeLocalTheOwnDiskIsEnough() {
        final PairRig rig = rig(Mode.LOCAL);
        rig.originLink.stallFrames(true);
        write(rig, 1);
        until(rig, "answered 1");
        assertTrue(rig.volume().zero(LENGTH, LENGTH, false, false, heard, 2));
        until(rig, "answered 2");
        assertTrue(rig.volume().flush(heard, 3));
        until(rig, "answered 3");
        assertEquals(3, heard.events.size());
        rig.originLink.stallFrames(false);
        rig.until("all end", () -> heard.events.stream().filter(event -> event.startsWith("released")).count() == 3);
        rig.assertSidesEqual();
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = {"MEMORY", "LOCAL"})
    void anOverlappingWriteWaitsForTheTarget(final Mode mode) {
        final PairRig rig = rig(mode);
        rig.targetDisk.hold();
        write(rig, 1);
        until(rig, "answered 1");
        write(rig, 2);
        rig.cycles(100);
        assertEquals(List.of("answered 1"), heard.events);
        rig.targetDisk.releaseAll();
        rig.until("both are over", () -> heard.events.stream().filter(event -> event.endsWith(" OK")).count() == 2);
        assertHolds(rig.targetDisk, 2, LENGTH);
        rig.assertSidesEqual();
    }

    /** The wire breaks for good: what was answered is marked, and comes with the next resync. */
    @ParameterizedTest
    @EnumSource(value = Mode.class, names = {"MEMORY", "LOCAL"})
    void whatTheTargetNeverTookIsCopiedLater(final Mode mode) {
        final PairRig rig = rig(mode);
        rig.targetDisk.refuse(Integer.MAX_VALUE);
        write(rig, 1);
        until(rig, "answered 1");
        rig.originLink.connect(false);
        until(rig, "released 1 OK");
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.targetDisk.refuse(0);
        rig.restartTarget();
        rig.upToDate();
        rig.assertSidesEqual();
    }

    /** The own disk is lost after the answer: a read by way of the target must not overtake the write. */
    @Test
    void aReadByTheTargetWaitsForAnAnsweredWrite() {
        final PairRig rig = rig(Mode.LOCAL);
        final boolean[] stalled = {true};
        rig.originLink.dropFrames(frame -> stalled[0] && frame.capacity() > LENGTH);
        write(rig, 1);
        until(rig, "answered 1");
        rig.originDisk.fail(SIZE / 2, SIZE, false, true, Status.IO_ERROR);
        write(rig, 2, SIZE / 2, 512, false);
        rig.until("the pair goes on from the target",
            () -> rig.pair().commands().status(0).side() == SideState.FAILED);
        final long slot = rig.filledSlot(77, LENGTH);
        assertTrue(rig.volume().read(slot, LENGTH, 0, heard, 3));
        rig.cycles(20);
        stalled[0] = false;
        until(rig, "complete 3 OK");
        final byte[] read = new byte[LENGTH];
        new UnsafeBuffer(slot, LENGTH).getBytes(0, read);
        assertArrayEquals(PairRig.bytes(1, LENGTH), read);
    }

    /** One that wants to hear of the end alone hears as in mode disk. */
    @Test
    void aListenerOfTheEndAloneHearsOfTheEnd() {
        final PairRig rig = rig(Mode.LOCAL);
        rig.targetDisk.hold();
        final long tag = rig.write(1, 0, LENGTH, false);
        rig.cycles(100);
        assertFalse(rig.completions.containsKey(tag));
        rig.targetDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(tag));
        assertEquals(0, rig.count(Counter.ANSWERED_EARLY));
    }
}
