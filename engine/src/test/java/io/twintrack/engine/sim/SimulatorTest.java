package io.twintrack.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole pairs under faults: seeds that broke something once, and fresh ones. */
class SimulatorTest {
    private static final long FRESH_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_FRESH = 2000;

    private final Simulator simulator = new Simulator();

    /**
     * 30, 62: keep-local on a pair in step made the good copy Inconsistent and never answered. 47: a stopping node
     * waited for a lost target. 226: so did a sever. 314: keep-peer for a peer that was never filled. 182: a severed
     * primary could not take a new disk. 128: a write that neither side had was acknowledged, after the primary's disk
     * had failed and then the target was lost. 390: a node ended while it recorded that its last flush had failed.
     * 500397: a request ended in the next life of a node. 500102: a primary that lost power was severed by command
     * before it met the other side, and won over newer data. 700350: keep-local made a side with a failed disk one that
     * is to be filled, for ever. 800092: a target that failed a flush of intent marks alone was asked for ever. 801047:
     * a handshake went on after a demotion. 902394: keep-local to a peer that had not been met since it was back was
     * refused for ever. 910679: a redundant side that was being promoted let the primary begin to fill it, and served.
     * 921160: a target's disk failed a flush while the primary began to fill it, which went on for ever. 1000022: a
     * side that was promoted took the last resize's id for a resize of its own, to 0 bytes. 1000235: a side on a new
     * disk was promoted by force, and its re-establishment never ended. 1000574, 1001006: a side that noted a resize
     * and lost its role kept another size than the new primary. 1000541: nothing but the simulator, which took what
     * both sides had for one side's alone. 7000175, 7000991: a shrink went on in the middle of a resync. 7000967: a
     * primary that was resized and then demoted refused what the new one copied, and 7002098: what it compared. 921743:
     * a write that failed on the primary's disk while the target was away left the sides different. 4000945: a client
     * that attached while keep-peer asked the peer had its volume given up. 4002104: a primary that crashed stepped
     * down, began anew and was promoted, and forgot its active regions. 12001453: nothing but the simulator, which took
     * a change that both sides held for the primary's alone. 300000027: nothing but the simulator, which wanted the
     * other side's copy in mode local kept. 300001613, mode memory: a target that lost its process alone counted as one
     * that lost its caches, and was filled from the side that had. 320001925: a client's flush during a resync retired
     * a region whose changed tracks were marked in memory alone. 350004813: a read waited for a target that lost power
     * meanwhile; old bytes were read, and mended a good block. 300000117: a client attached while a demotion waited,
     * and the demotion went on. 500000010: a node went by a record that lay in its disk's cache alone. 500000016,
     * 500000125: nothing but the simulator. 500001226: a disk failed two flushes at once, and its side refused changes
     * while the other one was told to go on alone. 500010176: a primary that was alone stopped, met its target
     * meanwhile, and forgot its active regions though the target had flushed nothing. 351006637: nothing but the
     * simulator, which wanted a write in mode memory that the target's disk had failed. 351006914: a side that was
     * filled kept active regions of its own, and was taken for one with changes. 352002568: a write that had half
     * arrived when the target failed was never answered, after the pair was severed. 352002956: nothing but the
     * simulator, which let a sector rot that was rotten on both sides.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 30, 47, 62, 128, 182, 226, 314, 390, 500102, 500397, 700350, 800092, 801047,
        902394, 910679, 921160, 921743, 1000022, 1000235, 1000541, 1000574, 1001006, 4000945, 4002104, 7000175,
        7000967, 7000991, 7002098, 12001453, 300000027, 300000117, 300001613, 320001055, 320001925, 350004813,
        351006637, 351006914, 352002568, 352002956, 500000010, 500000016, 500000125, 500001226, 500010176})
    void holdsWhatItPromises(final long seed) {
        check(simulator.run(seed, Simulator.STEPS, Planted.NONE));
    }

    @Test
    void holdsItWithFreshSeeds() {
        final long beganNs = System.nanoTime();
        for (int i = 0; i < MOST_FRESH && System.nanoTime() - beganNs < FRESH_NS; i++) {
            check(simulator.run((beganNs >>> 1) + i, Simulator.STEPS, Planted.NONE));
        }
    }

    @Test
    void replaysASeedExactly() {
        final long first = simulator.run(11, Simulator.STEPS, Planted.NONE).hash();
        assertEquals(first, simulator.run(11, Simulator.STEPS, Planted.NONE).hash());
        assertNotEquals(first, simulator.run(12, Simulator.STEPS, Planted.NONE).hash());
    }

    @Test
    void leavesOutWhatIsNotNeededToFail() {
        final List<Step> plan = FaultPlan.draw(1, Simulator.STEPS);
        final Broken broken = simulator.run(1, plan, Planted.EARLY_COMPLETION, false).broken();
        final List<Step> fewest = new Shrinking(1, Planted.EARLY_COMPLETION, broken.guarantee).shrink(plan);
        assertTrue(fewest.size() < plan.size() / 4, () -> fewest.size() + " steps are left");
        assertEquals(broken.guarantee, simulator.run(1, fewest, Planted.EARLY_COMPLETION, false).broken().guarantee);
    }

    private static void check(final Simulator.Run run) {
        if (run.broken() != null) {
            fail("bin/simulate --seed " + run.seed() + " --steps " + Simulator.STEPS + ": " + run.broken().getMessage()
                + "\n" + String.join("\n", run.last()), run.broken());
        }
    }
}
