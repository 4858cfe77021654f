package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.rig.LifeRig;
import io.twintrack.engine.rig.LifeImage;
import io.twintrack.engine.rig.LifeNode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pair lives through whatever a seed draws: clients that write, read and flush, cuts of the link in one or both
 * directions, processes that are killed, hosts that lose power, commands that a person gives at any time, disks that
 * fail. From time to time it is left in peace, heals, and holds what its clients were told.
 *
 * <p>{@code -Dtwintrack.seed=N} runs one seed.
 */
class RandomLifeTest {
    private static final long SIZE = (12 << 20) + (64 << 10);
    private static final int ROUNDS = 6;
    private static final int EVENTS = 60;
    private static final long FRESH_NS = TimeUnit.SECONDS.toNanos(5);

    /**
     * 5080: a demotion that failed made a primary serve that was still being filled. 5162: a pair whose primary had
     * only its peer's disk was severed, and what clients had asked was never answered.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 5075, 5080, 5162})
    void nothingAcknowledgedIsLost(final long seed) {
        live(Long.getLong("twintrack.seed", seed));
    }

    @Test
    void norWithFreshSeeds() {
        final long end = System.nanoTime() + FRESH_NS;
        for (long seed = Long.getLong("twintrack.seed", System.nanoTime()); System.nanoTime() < end; seed++) {
            live(seed);
        }
    }

    private static void live(final long seed) {
        final LifeRig rig = new LifeRig(seed, seed % 2 == 0 ? SIZE : 128 << 10, 2 + (int) (seed & 1) * 14,
            LifeImage.blank(seed % 2 == 0 ? SIZE : 128 << 10));
        try {
            final boolean calm = rig.random.nextBoolean();
            rig.until("served", () -> rig.origin().serves());
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < EVENTS; i++) {
                    event(rig, calm);
                }
                rig.linkFaults(false);
                rig.healing.heal(rig.random.nextInt(2));
                rig.check("round " + round);
            }
            assertTrue(rig.clients.acknowledged > 0, "no write was ever acknowledged");
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", node " + rig.describe(), e);
        }
    }

    private static void event(final LifeRig rig, final boolean calm) {
        final LifeNode node = rig.nodes[rig.random.nextInt(2)];
        switch (rig.random.nextInt(calm ? 60 : 28)) {
            case 0 -> rig.link(false);
            case 1, 2, 3 -> rig.link(true);
            case 4 -> rig.link(node.index).connectHere(rig.random.nextBoolean());
            case 5 -> stop(rig, node, true);
            case 6 -> stop(rig, node, false);
            case 7, 8, 9, 10 -> start(rig, node);
            case 11 -> give(rig, node, (pair, result) -> pair.sever(result));
            case 12, 13 -> give(rig, node, (pair, result) -> pair.reestablish(Keep.NONE, result));
            case 14 -> switchOver(rig, node);
            case 15 -> forcePromotion(rig, node);
            case 16 -> fail(rig, node);
            case 17, 18 -> node.data.failWrites(Status.OK);
            case 19 -> rig.linkFaults(rig.random.nextInt(3) == 0);
            case 20 -> rig.patient(rig.random.nextInt(4) == 0);
            case 21 -> stopInGoodOrder(rig, node);
            default -> {
            }
        }
        busy(rig, 1 + rig.random.nextInt(rig.random.nextInt(6) == 0 ? 900 : 40));
    }

    private static void busy(final LifeRig rig, final int cycles) {
        for (int i = 0; i < cycles; i++) {
            rig.clients.busyCycle();
        }
    }

    private static void stop(final LifeRig rig, final LifeNode node, final boolean power) {
        if (node.isUp() && power) {
            node.losePower();
        } else if (node.isUp()) {
            node.kill();
        }
    }

    private static void start(final LifeRig rig, final LifeNode node) {
        if (!node.isUp()) {
            node.boot();
            rig.link(true);
        }
    }

    private static void stopInGoodOrder(final LifeRig rig, final LifeNode node) {
        if (node.isUp()) {
            node.stop();
        }
    }

    /** A person who does not wait for the answer. */
    private static void give(
        final LifeRig rig, final LifeNode node, final java.util.function.BiConsumer<
        io.twintrack.engine.pair.PairCommands, io.twintrack.engine.pair.CommandListener> command) {
        if (node.isUp()) {
            command.accept(node.pair().commands(), result -> { });
        }
    }

    private static void switchOver(final LifeRig rig, final LifeNode node) {
        if (node.isUp() && node.pair().role() == Role.PRIMARY) {
            node.letClientsGo();
            give(rig, node, (pair, result) -> pair.demote(result));
        } else {
            give(rig, node, (pair, result) -> pair.promote(false, result));
        }
    }

    private static void forcePromotion(final LifeRig rig, final LifeNode node) {
        final LifeNode other = rig.nodes[1 - node.index];
        if (!other.isUp() || !rig.isLinked() && rig.random.nextInt(4) == 0) {
            give(rig, node, (pair, result) -> pair.promote(true, answer -> {
                if (answer.done()) {
                    rig.ledger.leftBehind(other.bit());
                }
                result.onResult(answer);
            }));
        }
    }

    /** One disk at a time, and only while the other side is good: else nothing could be promised. */
    private static void fail(final LifeRig rig, final LifeNode node) {
        if (rig.isWhole()) {
            node.data.failWrites(rig.random.nextBoolean() ? Status.IO_ERROR : Status.NO_SPACE);
        }
    }
}
