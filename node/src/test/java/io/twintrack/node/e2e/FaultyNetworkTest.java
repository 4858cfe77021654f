package io.twintrack.node.e2e;

import io.twintrack.transport.relay.Direction;
import io.twintrack.transport.relay.Effect;
import io.twintrack.transport.relay.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The network between the nodes does what networks do, from a seed, while clients read back what they wrote. */
class FaultyNetworkTest {
    private static final Map<Effect, Consumer<Faults>> KINDS = new EnumMap<>(Map.of(
        Effect.DROPPED, faults -> faults.drop(0.02),
        Effect.REPEATED, faults -> faults.repeat(0.1),
        Effect.DELAYED, faults -> faults.delay(0.05, 5_000_000),
        Effect.REORDERED, faults -> faults.reorder(0.1),
        Effect.HEADER_CORRUPTED, faults -> faults.corruptHeader(0.03),
        Effect.PAYLOAD_CORRUPTED, faults -> faults.corruptPayload(0.03),
        Effect.CORRUPTED, faults -> faults.corruptAny(0.03),
        Effect.TRUNCATED, faults -> faults.truncate(0.03)));

    /** Datagrams of each direction that each fault hits, at least. */
    private static final int HITS = 4;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    /** One kind after the other, both ways. */
    @Test
    void eachFaultIsMended() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, 8192).start()) {
            final StampedBlocks blocks = blocks(pair, seed);
            final Thread load = blocks.start();
            for (final Map.Entry<Effect, Consumer<Faults>> kind : KINDS.entrySet()) {
                for (final Direction direction : Direction.values()) {
                    kind.getValue().accept(pair.relay().faults(direction));
                }
                awaitHits(pair, blocks, kind.getKey());
                pair.relay().heal();
            }
            awaitProgress(blocks);
            blocks.stop(load);
            blocks.check();
            assertNothingFailed(pair, seed);
            assertNoticed(pair, seed);
        }
    }

    /** All at once. */
    @ParameterizedTest
    @ValueSource(ints = {1408, 65504})
    void aStormIsMended(final int mtu) throws IOException {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, mtu).start()) {
            for (final Direction direction : Direction.values()) {
                KINDS.forEach((effect, apply) -> apply.accept(pair.relay().faults(direction)));
                // Together they would damage every fifth datagram.
                pair.relay().faults(direction).drop(0.005).corruptHeader(0.01).corruptPayload(0.01).corruptAny(0.01)
                    .truncate(0.01);
            }
            final StampedBlocks blocks = blocks(pair, seed);
            final Thread load = blocks.start();
            for (final Effect effect : KINDS.keySet()) {
                awaitHits(pair, blocks, effect);
            }
            blocks.stop(load);
            blocks.check();
            pair.verify(seed, 30, "--size=6M");
            pair.relay().heal();
            assertNothingFailed(pair, seed);
        }
    }

    private static StampedBlocks blocks(final Pair pair, final long seed) {
        return new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
    }

    /** Chance has to hit each kind, and few datagrams may pass at a time. */
    private static void awaitHits(final Pair pair, final StampedBlocks blocks, final Effect effect) {
        for (final Direction direction : Direction.values()) {
            Wait.until(() -> pair.relay().count(direction, effect) >= HITS, 30,
                () -> effect + " " + direction + " " + blocks + "\n" + pair);
        }
    }

    /** The cable is pulled, one way and the other way, for less than all tries take: clients wait. */
    @Test
    void aShortCutIsWaitedFor() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, 8192).link("tries", 50).start()) {
            final StampedBlocks blocks = blocks(pair, seed);
            final Thread load = blocks.start();
            for (final Direction direction : Direction.values()) {
                awaitProgress(blocks);
                cut(pair, 0.5, direction);
            }
            awaitProgress(blocks);
            blocks.stop(load);
            assertEquals(0, blocks.errors(), () -> blocks + "\n" + pair);
            assertAllCut(pair, blocks);
        }
    }

    /** One way, the other way, both; for more than all tries take: clients go on. */
    @Test
    void aLongCutIsHealed() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, 8192).link("tries", 4).start()) {
            final StampedBlocks blocks = blocks(pair, seed);
            final Thread load = blocks.start();
            awaitProgress(blocks);
            for (final Direction direction : Direction.values()) {
                cutUntilSevered(pair, direction);
                awaitProgress(blocks);
            }
            cutUntilSevered(pair, Direction.values());
            awaitProgress(blocks);
            blocks.stop(load);
            assertEquals(0, blocks.errors(), () -> blocks + "\n" + pair);
            assertAllCut(pair, blocks);
        }
    }

    private static void assertAllCut(final Pair pair, final StampedBlocks blocks) throws IOException {
        blocks.check();
        for (final Direction direction : Direction.values()) {
            assertTrue(pair.relay().count(direction, Effect.CUT) > 0, () -> pair.relay().toString());
        }
        pair.stopAndCompare();
    }

    private static void awaitProgress(final StampedBlocks blocks) {
        final long goal = blocks.acknowledgements() + 200;
        Wait.until(() -> blocks.acknowledgements() >= goal, 20, blocks::toString);
    }

    private static void cut(final Pair pair, final double seconds, final Direction... directions) {
        for (final Direction direction : directions) {
            pair.relay().faults(direction).cut(true);
        }
        Wait.pass(seconds);
        pair.relay().heal();
    }

    private static void cutUntilSevered(final Pair pair, final Direction... directions) {
        for (final Direction direction : directions) {
            pair.relay().faults(direction).cut(true);
        }
        pair.awaitState("origin", "severed");
        pair.relay().heal();
        pair.awaitUpToDate();
    }

    private Pair relayed(final long seed, final int mtu) {
        return new Pair(folder).size(16 << 20).link("mtu", mtu).link("reply-timeout", "200 ms").relayed(seed);
    }

    private static void assertNothingFailed(final Pair pair, final long seed) {
        pair.stopAndCompare();
        assertEquals(0, pair.origin().counted("requests that ended with an error"), () -> "seed " + seed + " " + pair);
        pair.assertNeverParted();
    }

    private static void assertNoticed(final Pair pair, final long seed) {
        for (final NodeProcess node : new NodeProcess[] {pair.origin(), pair.target()}) {
            assertTrue(node.counted("datagrams dropped: checksum") > 0, () -> "seed " + seed + " " + node);
        }
        assertTrue(pair.target().counted("frames refused for a damaged payload")
            + pair.target().counted("frames dropped as damaged") > 0, () -> "seed " + seed + " " + pair);
        assertTrue(pair.origin().counted("frames sent again") > 0, () -> "seed " + seed + " " + pair);
    }
}
