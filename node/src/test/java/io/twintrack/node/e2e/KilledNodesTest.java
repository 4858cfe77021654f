package io.twintrack.node.e2e;

import io.twintrack.engine.pair.Mode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Nodes are killed while clients write, one or both, again and again, and are started on what they left behind. */
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
        final long seed = System.nanoTime() >>> 16;
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
        }
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
