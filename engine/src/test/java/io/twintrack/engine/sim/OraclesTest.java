package io.twintrack.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.StateTable;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each guarantee that has an oracle of its own is broken on purpose, and called by its name. */
class OraclesTest {
    private static final int SEEDS = 60;
    private static final int PAIR = MetadataLayout.COPIES * MetadataLayout.BLOCK_LENGTH;
    private static final int SUPERBLOCK = 0;
    private static final int INTENT = PAIR;

    @ParameterizedTest
    @CsvSource({"NO_DATA_FLUSH, UNSTABLE_UNTIL_FLUSHED", "SKIPPED_INTENT, INTENT_BEFORE_DATA",
        "SKIPPED_TRACKS, DIVERGENCE_BEFORE_ANSWER", "SWAPPED_WRITES, ONE_ORDER", "OLD_SESSION, NO_GHOSTS",
        "SERVES_WITHOUT_ASKING, DATA_WIN", "SKIPPED_SUPERBLOCK, TWO_SUPERBLOCKS", "NO_ZEROING, TRIM_READS_ZERO",
        "LOST_WRITES, ACKED_ON_BOTH", "WRONG_REPAIR, ROT_IS_FOUND", "EARLY_GROWTH, SMALLER_SIZE",
        "SEVERED_FOR_GOOD, HEALS"})
    void callsItByItsName(final Planted planted, final Guarantee guarantee) {
        final Simulator simulator = new Simulator();
        for (int i = 0; i < SEEDS; i++) {
            if (isBroken(simulator.run(planted.seed(i), Simulator.STEPS, planted), guarantee)) {
                return;
            }
        }
        fail(guarantee + " is not broken by " + planted + " in " + SEEDS + " seeds");
    }

    /** Steps that break it, which plans seldom draw in this order. */
    @ParameterizedTest
    @CsvSource({
        "OTHER_LIFE, DATA_WIN, ATTACH WRITE WRITE WRITE WRITE PAUSE LOSE_POWER START PAUSE",
        "IGNORED_DATA_ERROR, FAILED_FLUSH, ATTACH WRITE PAUSE FAIL_FLUSHES FLUSH PAUSE FLUSH PAUSE"})
    void callsItByItsNameAfterTheseSteps(final Planted planted, final Guarantee guarantee, final String kinds) {
        final Simulator simulator = new Simulator();
        final List<Step> plan = Stream.of(kinds.split(" ")).map(OraclesTest::step).toList();
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (isBroken(simulator.run(seed, plan, planted, false), guarantee)) {
                return;
            }
        }
        fail(guarantee + " is not broken by " + planted + " in " + SEEDS + " seeds");
    }

    private static Step step(final String kind) {
        return step(Step.Kind.valueOf(kind), 4711);
    }

    private static Step step(final Step.Kind kind, final long value) {
        return new Step(kind, kind == Step.Kind.PAUSE ? 3 * SimClock.SECOND : 10 * SimClock.MILLI, 0, value);
    }

    private static boolean isBroken(final Simulator.Run run, final Guarantee guarantee) {
        return run.broken() != null && run.broken().guarantee == guarantee;
    }

    private static World inStep() {
        final World world = new World(1, Planted.NONE, new Coverage(), false);
        for (final SimNode node : world.nodes) {
            node.start();
        }
        world.oracles.untilInStep(world::cycle);
        world.pass(SimClock.SECOND);
        world.apply(step(Step.Kind.ATTACH, 0));
        return world;
    }

    private static byte[] block(final SimNode node, final int at) {
        final byte[] bytes = new byte[PAIR];
        node.metadata.stable().getBytes(at, bytes);
        return bytes;
    }

    @Test
    void seesAMarkThatIsClearedLate() {
        final World world = inStep();
        final byte[] unmarked = block(world.nodes[0], INTENT);
        world.apply(step(Step.Kind.WRITE, 1));
        world.pass(100 * SimClock.MILLI);
        world.oracles.look();
        world.nodes[0].metadata.fill(INTENT, unmarked);
        assertEquals(Guarantee.CLEAR_LATE, assertThrows(Broken.class, world.oracles::look).guarantee);
    }

    @Test
    void seesAnAnswerBeforeTheRecord() {
        final World world = inStep();
        final byte[] record = block(world.nodes[0], SUPERBLOCK);
        world.apply(step(Step.Kind.CUT, 0));
        world.apply(step(Step.Kind.WRITE, 1));
        world.pass(3 * SimClock.SECOND);
        world.nodes[0].metadata.fill(SUPERBLOCK, record);
        world.apply(step(Step.Kind.WRITE, 2));
        assertEquals(Guarantee.DIVERGENCE_BEFORE_ANSWER,
            assertThrows(Broken.class, () -> world.pass(SimClock.SECOND)).guarantee);
    }

    /** Writes, and waits until both sides have it. @return the first byte of a sector that was written. */
    private static int written(final World world) {
        world.apply(step(Step.Kind.WRITE, 1));
        world.pass(100 * SimClock.MILLI);
        world.oracles.look();
        return world.history.touched().nextSetBit(0) * Stamp.SECTOR;
    }

    private static void broken(final Guarantee guarantee, final Executable what) {
        assertEquals(guarantee, assertThrows(Broken.class, what).guarantee);
    }

    @Test
    void seesSidesThatDiffer() {
        final World world = inStep();
        world.nodes[1].data.fill(written(world), new byte[Stamp.SECTOR]);
        broken(Guarantee.UP_TO_DATE_IS_EQUAL, world.oracles::look);
    }

    @Test
    void seesAReadOfWhatNobodyWrote() {
        final World world = inStep();
        world.nodes[0].data.fill(written(world), new byte[] {1, 2, 3});
        world.apply(step(Step.Kind.READ, 1));
        broken(Guarantee.EXPLAINED_READS, () -> world.pass(SimClock.SECOND));
    }

    /** The primary goes on alone, and has lost what the other side still holds. */
    @Test
    void seesASideThatIsFilledFromOneThatLacksWhatItHolds() {
        final World world = inStep();
        final int at = written(world);
        world.apply(step(Step.Kind.CUT, 0));
        world.apply(step(Step.Kind.WRITE, 2));
        world.pass(3 * SimClock.SECOND);
        world.nodes[0].data.fill(at, new byte[Stamp.SECTOR]);
        world.apply(step(Step.Kind.MEND_WIRE, 0));
        broken(Guarantee.RESYNC_COPIES_ALL, () -> world.pass(10 * SimClock.SECOND));
    }

    /** Both sides take changes alone; a command of which the history does not hear has one of them overwritten. */
    @Test
    void seesThatWhatOneSideAloneTookIsOverwritten() {
        final World world = inStep();
        world.apply(step(Step.Kind.CUT, 0));
        world.apply(step(Step.Kind.WRITE, 1));
        world.pass(3 * SimClock.SECOND);
        world.detach();
        world.command(world.nodes[1], Step.Kind.FORCE_PROMOTE);
        world.pass(SimClock.SECOND);
        world.clients[1].attach();
        world.clients[1].write(1, false);
        world.pass(SimClock.SECOND);
        world.detach();
        world.apply(step(Step.Kind.MEND_WIRE, 0));
        world.pass(5 * SimClock.SECOND);
        assertEquals(PairState.DIVERGED, world.nodes[0].pair().state());
        world.nodes[0].pair().commands().reestablish(Keep.LOCAL, result -> { });
        broken(Guarantee.SPLIT_BRAIN_IS_FOUND, () -> world.pass(10 * SimClock.SECOND));
    }

    @Test
    void seesARequestThatNeverEnds() {
        final World world = inStep();
        world.nodes[0].data.slowness = 1_000_000;
        world.apply(step(Step.Kind.READ, 1));
        broken(Guarantee.NO_HANG, () -> world.pass(40 * SimClock.SECOND));
    }

    /** The volume stops, and nobody asked for it. */
    @Test
    void seesARequestThatFailsForNoReason() {
        final World world = inStep();
        world.nodes[0].pair().stop();
        broken(Guarantee.SERVES, () -> world.apply(step(Step.Kind.WRITE, 1)));
    }

    /** One disk failed, the other one is good, and nothing else happened. */
    @Test
    void seesAnErrorWhereTheOtherSideCouldServe() {
        final World world = inStep();
        final long beganNs = world.clock.nowNs();
        world.nodes[0].data.erredNs = beganNs;
        broken(Guarantee.SERVES, () -> world.causes.onFailed(world.nodes[0], "READ", Status.IO_ERROR, beganNs, true));
    }

    @Test
    void seesAPairInStepThatDoesNotServe() {
        final World world = inStep();
        world.nodes[0].pair().stop();
        broken(Guarantee.SERVES, () -> world.pass(10 * SimClock.SECOND));
    }

    @Test
    void seesHelpThatNothingAskedFor() {
        final World world = inStep();
        broken(Guarantee.HEALS, () -> world.causes.needsNewDisk(world.nodes[0]));
        broken(Guarantee.HEALS, () -> world.causes.needsNewStart(world.nodes[0]));
        broken(Guarantee.HEALS, () -> world.causes.needsAcceptance(world.nodes[0]));
        broken(Guarantee.HEALS, () -> world.causes.needsChoice(world.nodes[0]));
        broken(Guarantee.HEALS, () -> world.causes.needsReestablishment(world.nodes[0]));
        broken(Guarantee.HEALS, () -> world.causes.needsDetaching(world.nodes[0]));
        broken(Guarantee.HEALS, world.causes::needsPromotion);
    }

    @Test
    void seesAnExceptionInADutyCycle() {
        final World world = new World(1, Planted.NONE, new Coverage(), false);
        world.nodes[0].data.watch(new SimDisk.Watch() {
            @Override
            public void onWrite(final int offset, final int length, final long address) {
                throw new IllegalStateException("on purpose");
            }
        });
        broken(Guarantee.NO_FAULT_OF_ITS_OWN, () -> world.run(FaultPlan.draw(1, Simulator.STEPS)));
    }

    @Test
    void seesATransitionThatTheTableDoesNotHave() {
        final World world = inStep();
        StateTable.force(world.nodes[0].pair(), PairState.FULL_SYNC);
        broken(Guarantee.STATES_FOLLOW, () -> world.pass(SimClock.SECOND));
    }

    /** The write stands for one of an old session: no part of the node knows of it. */
    @Test
    void seesAWriteOfThePastWhenASessionBegins() {
        final World world = inStep();
        final UnsafeBuffer bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Stamp.SECTOR, Stamp.SECTOR));
        world.nodes[1].data.slowness = 1_000_000;
        world.nodes[1].data.write(0, bytes.addressOffset(), Stamp.SECTOR, 0, false);
        world.wire.blip(1);
        assertEquals(Guarantee.NO_GHOSTS,
            assertThrows(Broken.class, () -> world.pass(5 * SimClock.SECOND)).guarantee);
    }
}
