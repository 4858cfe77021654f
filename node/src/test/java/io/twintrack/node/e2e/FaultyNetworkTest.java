package io.twintrack.node.e2e;

import io.twintrack.transport.relay.Direction;
import io.twintrack.transport.relay.Effect;
import io.twintrack.transport.relay.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                pair.verify(seed + kind.getKey().ordinal(), 30, "--size=6M");
                pair.relay().heal();
                for (final Direction direction : Direction.values()) {
                    assertTrue(pair.relay().count(direction, kind.getKey()) > 0,
                        () -> "seed " + seed + " " + direction + " " + kind.getKey() + " " + pair.relay());
                }
            }
            assertMended(pair, seed);
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
            pair.verify(seed, 30, "--size=12M");
            for (final Effect effect : KINDS.keySet()) {
                assertTrue(pair.relay().count(effect) > 0, () -> "seed " + seed + " " + effect + " " + pair.relay());
            }
            pair.relay().heal();
            assertMended(pair, seed);
        }
    }

    private Pair relayed(final long seed, final int mtu) {
        return new Pair(folder).size(16 << 20).link("mtu", mtu).link("tries", 20).link("reply-timeout", "200 ms")
            .relayed(seed);
    }

    private static void assertMended(final Pair pair, final long seed) {
        pair.stopAndCompare();
        assertEquals(0, pair.origin().counted("requests that ended with an error"), () -> "seed " + seed + " " + pair);
        for (final NodeProcess node : new NodeProcess[] {pair.origin(), pair.target()}) {
            assertTrue(node.counted("datagrams dropped: checksum")
                + node.counted("datagrams dropped: frame lengths do not add up")
                + node.counted("datagrams dropped: too short") > 0, () -> "seed " + seed + " " + node);
        }
        assertTrue(pair.target().counted("frames refused for a damaged payload")
            + pair.target().counted("frames dropped as damaged") > 0, () -> "seed " + seed + " " + pair);
        assertTrue(pair.origin().counted("frames sent again") > 0, () -> "seed " + seed + " " + pair);
        assertEquals(1, pair.origin().counted("times the link came up"), () -> "seed " + seed + " " + pair);
    }
}
