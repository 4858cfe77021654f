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
import java.util.function.BooleanSupplier;
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

    private static final int MOST_ROUNDS = 12;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    /** One kind after the other, both ways. */
    @Test
    void eachFaultIsMended() {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, 8192).start()) {
            for (final Map.Entry<Effect, Consumer<Faults>> kind : KINDS.entrySet()) {
                for (final Direction direction : Direction.values()) {
                    kind.getValue().accept(pair.relay().faults(direction));
                }
                verifyUntil(pair, seed, () -> happenedBothWays(pair, kind.getKey()));
                pair.relay().heal();
            }
            assertNothingFailed(pair, seed);
            assertNoticed(pair, seed);
        }
    }

    /** All at once. */
    @ParameterizedTest
    @ValueSource(ints = {1408, 65504})
    void aStormIsMended(final int mtu) {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = relayed(seed, mtu).start()) {
            for (final Direction direction : Direction.values()) {
                KINDS.forEach((effect, apply) -> apply.accept(pair.relay().faults(direction)));
                // Together they would damage every fifth datagram.
                pair.relay().faults(direction).drop(0.005).corruptHeader(0.01).corruptPayload(0.01).corruptAny(0.01)
                    .truncate(0.01);
            }
            verifyUntil(pair, seed,
                () -> KINDS.keySet().stream().allMatch(effect -> happenedBothWays(pair, effect)));
            pair.relay().heal();
            assertNothingFailed(pair, seed);
        }
    }

    /** Again and again, because few datagrams may pass at a time and chance has to hit each kind. */
    private static void verifyUntil(final Pair pair, final long seed, final BooleanSupplier enough) {
        int round = 0;
        do {
            assertTrue(round < MOST_ROUNDS, () -> "the relay did too little: " + pair.relay());
            pair.verify(seed + round++, 30, "--size=6M");
        } while (!enough.getAsBoolean());
    }

    private static boolean happenedBothWays(final Pair pair, final Effect effect) {
        return pair.relay().count(Direction.A_TO_B, effect) > 0 && pair.relay().count(Direction.B_TO_A, effect) > 0;
    }

    /** The cable is pulled: one way, the other way, both; for less and for more than all tries take. */
    @Test
    void aCutIsWaitedForOrHealed() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = new Pair(folder).size(16 << 20).link("mtu", 8192).link("tries", 5)
            .link("reply-timeout", "300 ms").relayed(seed).start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            final Thread load = blocks.start();
            for (final Direction direction : Direction.values()) {
                awaitProgress(blocks);
                cut(pair, 0.5, direction);
            }
            awaitProgress(blocks);
            assertEquals(0, blocks.errors(), () -> blocks + "\n" + pair);
            for (final Direction direction : Direction.values()) {
                cutUntilSevered(pair, direction);
                awaitProgress(blocks);
            }
            cutUntilSevered(pair, Direction.values());
            awaitProgress(blocks);
            blocks.stop(load);
            blocks.check();
            for (final Direction direction : Direction.values()) {
                assertTrue(pair.relay().count(direction, Effect.CUT) > 0, () -> pair.relay().toString());
            }
            pair.stopAndCompare();
        }
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
        final int severed = pair.origin().logged(Pair.SEVERED);
        final int healed = pair.origin().logged(Pair.UP_TO_DATE);
        for (final Direction direction : directions) {
            pair.relay().faults(direction).cut(true);
        }
        pair.origin().awaitLogged(Pair.SEVERED, severed + 1, 6);
        pair.relay().heal();
        pair.origin().awaitLogged(Pair.UP_TO_DATE, healed + 1, 30);
    }

    private Pair relayed(final long seed, final int mtu) {
        return new Pair(folder).size(16 << 20).link("mtu", mtu).link("tries", 20).link("reply-timeout", "200 ms")
            .relayed(seed);
    }

    private static void assertNothingFailed(final Pair pair, final long seed) {
        pair.stopAndCompare();
        assertEquals(0, pair.origin().counted("requests that ended with an error"), () -> "seed " + seed + " " + pair);
        assertEquals(1, pair.origin().counted("times the link came up"), () -> "seed " + seed + " " + pair);
        assertEquals(1, pair.target().counted("sessions accepted as target"), () -> "seed " + seed + " " + pair);
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
