package io.twintrack.transport.aeron;

import io.twintrack.transport.relay.DatagramRelay;
import io.twintrack.transport.relay.Direction;
import io.twintrack.transport.relay.Effect;
import io.twintrack.transport.relay.Faults;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** While the link is up every frame arrives in order and once, whatever happens to datagrams. */
class LinkFaultTest {
    private static final long FRAMES = 2_000;

    enum Kind {
        DROP(Effect.DROPPED) {
            @Override
            void apply(final Faults faults) {
                faults.drop(0.02);
            }
        },
        REPEAT(Effect.REPEATED) {
            @Override
            void apply(final Faults faults) {
                faults.repeat(0.1);
            }
        },
        DELAY(Effect.DELAYED) {
            @Override
            void apply(final Faults faults) {
                faults.delay(0.05, 3_000_000);
            }
        },
        REORDER(Effect.REORDERED) {
            @Override
            void apply(final Faults faults) {
                faults.reorder(0.1);
            }
        },
        HEADER(Effect.HEADER_CORRUPTED) {
            @Override
            void apply(final Faults faults) {
                faults.corruptHeader(0.05);
            }
        },
        PAYLOAD(Effect.PAYLOAD_CORRUPTED) {
            @Override
            void apply(final Faults faults) {
                faults.corruptPayload(0.05);
            }
        },
        ANY(Effect.CORRUPTED) {
            @Override
            void apply(final Faults faults) {
                faults.corruptAny(0.05);
            }
        },
        TRUNCATE(Effect.TRUNCATED) {
            @Override
            void apply(final Faults faults) {
                faults.truncate(0.03);
            }
        },
        BANDWIDTH(Effect.QUEUED) {
            @Override
            void apply(final Faults faults) {
                faults.bandwidth(16 << 20);
            }
        };

        final Effect effect;

        Kind(final Effect effect) {
            this.effect = effect;
        }

        abstract void apply(Faults faults);

        boolean damages() {
            return this == PAYLOAD || this == ANY;
        }
    }

    @ParameterizedTest
    @EnumSource
    void framesArriveInOrderAndOnce(final Kind kind) {
        run(kind, 8192, 1 << 20);
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP", "REORDER", "HEADER", "TRUNCATE"})
    void alsoInSmallDatagrams(final Kind kind) {
        run(kind, 1408, 64 << 10);
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP", "REORDER", "HEADER", "TRUNCATE"})
    void alsoInLargeDatagrams(final Kind kind) {
        run(kind, 65504, 1 << 20);
    }

    private static void run(final Kind kind, final int mtu, final int termLength) {
        final long seed = System.nanoTime();
        try (Pair pair = Pair.relayed(mtu, termLength, seed).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, seed, kind.damages());
            for (final Direction direction : Direction.values()) {
                kind.apply(pair.relay.faults(direction));
            }
            Wait.until(() -> traffic.answered >= FRAMES, () -> traffic.step(FRAMES),
                () -> kind + " seed " + seed + " sent " + traffic.sent + " received " + traffic.received + " answered "
                    + traffic.answered + "\n" + pair, 20);
            final DatagramRelay relay = pair.relay;
            assertTrue(relay.count(kind.effect) > 10, () -> "the relay did it: " + relay);
            assertEquals(FRAMES, traffic.received, "seed " + seed);
            assertEquals(0, pair.left.downs + pair.right.downs, () -> "seed " + seed + " " + pair);
        }
    }
}
