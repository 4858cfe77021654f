package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.pair.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Nodes are killed while clients write, one or both, again and again, and are started on what they left behind. The
 * client that outlives its node is {@link StampedBlocks}: fio cannot tell of a write that was never answered whether
 * what it finds is right. While the target alone is killed clients go on, and fio is one of them.
 *
 * <p>{@code -Dtwintrack.seed=N} draws the same moments again.
 */
class KilledNodesTest {
    private static final long SIZE = 256 << 20;
    /** Clients write to the first regions alone: nothing else may be looked at afterwards. */
    private static final long WRITTEN = 16 << 20;
    private static final double LONGEST_S = 18;
    private static final int MOST_ROUNDS = 8;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    private enum Victim {
        ORIGIN, TARGET, BOTH
    }

    /** In mode disk for a while; in the others each kind once. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyAcknowledgedWriteIsOnBothSidesAndOnlyMarkedRegionsAreLookedAt(final Mode mode) throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final long seed = seed();
        final Random random = new Random(seed);
        try (Pair pair = new Pair(folder).size(SIZE).sparse().mode(mode).link("reply-timeout", "200 ms")
            .link("tries", 4).start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", WRITTEN, seed);
            final long endNs = System.nanoTime() + (long) (LONGEST_S * 1e9);
            for (int round = 0; round < Victim.values().length || mode == Mode.DISK
                && round < MOST_ROUNDS && System.nanoTime() < endNs; round++) {
                final Victim victim = round < Victim.values().length
                    ? Victim.values()[round] : Victim.values()[random.nextInt(Victim.values().length)];
                kill(pair, blocks, victim, random);
            }
            assertEquals(0, blocks.errors(), () -> blocks + "\n" + pair);
            pair.stopAndCompare();
        } catch (final AssertionError | IOException e) {
            throw new AssertionError("-Dtwintrack.seed=" + seed + ", mode " + mode + ": " + e.getMessage(), e);
        }
    }

    private static long seed() {
        return Long.getLong("twintrack.seed", System.nanoTime() >>> 16);
    }

    /** fio reads back all that it wrote, and does not notice. */
    @Test
    void fioGoesOnWhileTheTargetIsKilled() {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = seed();
        final Random random = new Random(seed);
        try (Pair pair = new Pair(folder).size(SIZE).sparse().link("reply-timeout", "200 ms").link("tries", 4).start();
            Tool fio = Tool.start(folder, Fio.verify(pair.uri(), seed, "--size=" + WRITTEN, "--rw=randwrite",
                "--rate=,600k"))) {
            for (int kill = 0; kill < 2; kill++) {
                final long goal = writes(pair) + 5 + random.nextInt(20);
                Wait.until(() -> writes(pair) >= goal || !fio.isRunning(), LONGEST_S, pair::toString);
                assertTrue(fio.isRunning(), () -> "fio ended too early:\n" + fio.output() + pair);
                pair.target().kill();
                Wait.pass(random.nextDouble() * 1.6);
                pair.startTarget();
                pair.awaitUpToDate();
            }
            fio.succeed(3 * LONGEST_S);
            final List<Long> looked = pair.origin().resyncs();
            looked.subList(1, looked.size()).forEach(bytes -> assertTrue(bytes <= WRITTEN, pair::toString));
            assertTrue(looked.size() > 2, pair::toString);
            pair.stopAndCompare();
        } catch (final AssertionError e) {
            throw new AssertionError("-Dtwintrack.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private static long writes(final Pair pair) {
        final JsonNode status = pair.status("origin");
        return status == null ? 0 : status.path("writes").asLong();
    }

    private static void kill(
        final Pair pair, final StampedBlocks blocks, final Victim victim, final Random random) throws IOException {
        final Thread load = blocks.start();
        final long goal = blocks.acknowledgements() + 50 + random.nextInt(1500);
        Wait.until(() -> blocks.acknowledgements() >= goal, 20, () -> blocks + "\n" + pair);
        final int resyncs = victim == Victim.TARGET ? pair.origin().resyncs().size() : 0;
        if (victim == Victim.TARGET) {
            pair.target().signal("KILL");
            // Before and after all tries are used up.
            Wait.pass(random.nextDouble() * 1.6);
            pair.startTarget();
        } else {
            killOrigin(pair, victim == Victim.BOTH, random);
        }
        if (victim != Victim.TARGET) {
            blocks.stop(load);
        }
        pair.awaitUpToDate();
        blocks.stop(load);
        final List<Long> looked = pair.origin().resyncs();
        assertTrue(looked.size() > resyncs, () -> victim + " " + blocks + "\n" + pair);
        looked.subList(resyncs, looked.size()).forEach(bytes -> assertTrue(bytes <= WRITTEN,
            () -> victim + ": " + bytes + " bytes were looked at; " + blocks + "\n" + pair));
        blocks.check();
        pair.assertImagesEqual();
    }

    private static void killOrigin(final Pair pair, final boolean both, final Random random) {
        final boolean originFirst = random.nextBoolean();
        if (both && !originFirst) {
            pair.target().signal("KILL");
        }
        pair.origin().signal("KILL");
        if (both && originFirst) {
            pair.target().signal("KILL");
        }
        if (both && random.nextBoolean()) {
            pair.startTarget();
            pair.startOrigin();
        } else {
            pair.startOrigin();
            if (both) {
                pair.startTarget();
            }
        }
    }
}
