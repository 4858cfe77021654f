package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.rig.LoopbackLink;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The life of a pair, one transition after the other, with two nodes in one thread. */
class PairLifeTest {
    private static final long SIZE = 32 << 20;
    private static final int BLOCK = 4096;

    private final PairRig rig = new PairRig(LoopbackLink.Wire.LARGE_FRAMES, SIZE);
    private long seed = 1;

    @Test
    void aNewPairIsComparedWholeAndServesMeanwhile() {
        rig.until("it serves", () -> rig.volume().serving() == Status.OK);
        assertEquals(Status.OK, write(0));
        rig.upToDate();
        assertEquals(PairState.UP_TO_DATE, rig.targetPair().state());
        rig.assertSidesEqual();
    }

    @Test
    void aFullResyncThatWasBrokenOffGoesOnByComparing() {
        rig.until("the resync is under way", () -> rig.pair().state() == PairState.FULL_SYNC
            && rig.pair().commands().status(0).resync().done() > SIZE / 4);
        rig.originLink.connect(false);
        rig.until("the link is seen down", () -> rig.pair().state() != PairState.FULL_SYNC);
        rig.originLink.connect(true);
        rig.until("it goes on", () -> rig.pair().state() == PairState.DELTA_SYNC);
        rig.restartOrigin();
        final long before = rig.count(Counter.BYTES_COPIED);
        rig.upToDate();
        assertEquals(0, rig.count(Counter.BYTES_COPIED) - before, "both disks hold zeros");
        assertTrue(rig.count(Counter.BLOCKS_COMPARED) > 0);
        rig.assertSidesEqual();
    }

    @Test
    void aSeveredPairGoesOnAloneAndOnlyChangedTracksTravelBack() {
        rig.upToDate();
        write(0);
        assertDone(command(rig.pair(), (pair, result) -> pair.sever(result)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        for (int i = 0; i < 10; i++) {
            assertEquals(Status.OK, write(i * 1_000_000L / BLOCK * BLOCK));
        }
        final long copied = rig.count(Counter.BYTES_COPIED);
        assertEquals(10, rig.pair().commands().status(0).changedTracks());
        assertEquals(0, rig.targetPair().commands().status(0).changedTracks());
        assertDone(command(rig.pair(), (pair, result) -> pair.reestablish(Keep.NONE, result)));
        rig.upToDate();
        assertEquals(10 * BLOCK, rig.count(Counter.BYTES_COPIED) - copied);
        rig.assertSidesEqual();
    }

    @Test
    void aLostTargetIsLeftBehindAndComesBackByItself() {
        rig.upToDate();
        rig.originLink.connect(false);
        assertEquals(Status.OK, write(8 * BLOCK));
        assertEquals(PairState.SEVERED, rig.pair().state());
        final long copied = rig.count(Counter.BYTES_COPIED);
        rig.originLink.connect(true);
        rig.upToDate();
        assertEquals(BLOCK, rig.count(Counter.BYTES_COPIED) - copied);
        rig.assertSidesEqual();
    }

    @Test
    void rolesChangeInGoodOrder() {
        rig.upToDate();
        write(0);
        assertDone(command(rig.pair(), (pair, result) -> pair.demote(result)));
        assertDone(command(rig.targetPair(), (pair, result) -> pair.promote(false, result)));
        rig.until("the new primary is up to date", () -> rig.targetPair().state() == PairState.UP_TO_DATE);
        assertEquals(Role.PRIMARY, rig.targetPair().commands().status(0).role());
        assertEquals(Role.REDUNDANT, rig.pair().commands().status(0).role());
        rig.assertSidesEqual();
    }

    @Test
    void aPairShrinksWhileClientsNeverPause() {
        rig.upToDate();
        final List<Long> outstanding = new ArrayList<>();
        final Result result = new Result();
        outstanding.add(rig.write(seed++, SIZE - BLOCK, BLOCK, false));
        rig.pair().commands().resize(SIZE / 2, result);
        rig.until("it is smaller", () -> {
            outstanding.removeIf(rig.completions::containsKey);
            // One in each duty cycle, so that they do not end together.
            if (outstanding.size() < 8) {
                outstanding.add(rig.write(seed++, seed % 64 * BLOCK, BLOCK, false));
            }
            return result.value != null;
        });
        assertDone(result.value);
        assertEquals(SIZE / 2, rig.volume().size());
        assertEquals(SIZE / 2, rig.targetPair().commands().status(0).size());
    }

    /** The side that was ordered it keeps the resize's id, which is none of its own. */
    @Test
    void aSideThatWasResizedServesInItsSizeWhenItIsPromoted() {
        rig.upToDate();
        assertDone(command(rig.pair(), (pair, result) -> pair.resize(SIZE / 2, result)));
        assertDone(command(rig.pair(), (pair, result) -> pair.demote(result)));
        assertDone(command(rig.targetPair(), (pair, result) -> pair.promote(false, result)));
        rig.until("the new primary is up to date", () -> rig.targetPair().state() == PairState.UP_TO_DATE);
        assertDone(command(rig.targetPair(), (pair, result) -> pair.resize(SIZE, result)));
        rig.until("it is up to date again", () -> rig.targetPair().state() == PairState.UP_TO_DATE);
        assertEquals(SIZE, rig.targetPair().volume().size());
        assertEquals(SIZE, rig.pair().size());
        rig.assertSidesEqual();
    }

    /** Whoever makes the volume below smaller meanwhile would cut what the pair is about to use. */
    @Test
    void aPairNeedsTheRoomOfAResizeThatIsOnItsWay() {
        rig.upToDate();
        assertDone(command(rig.pair(), (pair, result) -> pair.resize(SIZE / 2, result)));
        assertEquals(SIZE / 2, rig.targetPair().neededSize());
        rig.originMetadata().hold();
        rig.targetMetadata().hold();
        final Result result = new Result();
        rig.pair().commands().resize(SIZE, result);
        assertEquals(SIZE, rig.pair().neededSize(), "before it is noted");
        rig.cycles(100);
        assertEquals(SIZE / 2, rig.targetPair().neededSize());
        rig.originMetadata().releaseAll();
        rig.until("the target is told", () -> rig.targetPair().neededSize() == SIZE);
        assertEquals(SIZE / 2, rig.targetPair().size());
        assertEquals(SIZE, rig.pair().neededSize(), "while it is noted");
        rig.targetMetadata().releaseAll();
        rig.until("it is resized", () -> result.value != null);
        assertDone(result.value);
        assertEquals(SIZE, rig.targetPair().size());
    }

    @Test
    void aPromotedTargetBringsTheOldPrimaryUpToDate() {
        rig.upToDate();
        write(0);
        rig.originLink.connect(false);
        rig.until("the link is seen down", () -> rig.targetPair().state() == PairState.CONNECTING);
        assertEquals("twintrack pair promote vol0 --force",
            command(rig.targetPair(), (pair, result) -> pair.promote(false, result)).refused().allowed());
        assertDone(command(rig.targetPair(), (pair, result) -> pair.promote(true, result)));
        rig.restartOrigin();
        rig.until("the new primary is up to date", () -> rig.targetPair().state() == PairState.UP_TO_DATE);
        assertEquals(Role.REDUNDANT, rig.pair().commands().status(0).role());
        rig.assertSidesEqual();
    }

    @Test
    void aPrimaryThatCrashedComparesActiveRegionsOnly() {
        rig.upToDate();
        write(0);
        final long compared = rig.count(Counter.BLOCKS_COMPARED);
        rig.restartOrigin();
        rig.upToDate();
        assertTrue(rig.count(Counter.BLOCKS_COMPARED) <= 16, "compared " + rig.count(Counter.BLOCKS_COMPARED));
        rig.assertSidesEqual();
    }

    private Status write(final long offset) {
        return rig.finish(rig.write(seed++, offset, BLOCK, false));
    }

    private CommandResult command(final Pair pair, final BiConsumer<PairCommands, Result> give) {
        final Result result = new Result();
        give.accept(pair.commands(), result);
        rig.until("the command ends", () -> result.value != null);
        return result.value;
    }

    private static void assertDone(final CommandResult result) {
        assertTrue(result.done(), result::toString);
    }

    /** Keeps a command's result. */
    private static final class Result implements io.twintrack.engine.pair.CommandListener {
        private CommandResult value;

        @Override
        public void onResult(final CommandResult result) {
            value = result;
        }
    }
}
