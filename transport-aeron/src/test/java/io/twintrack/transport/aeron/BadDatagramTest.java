package io.twintrack.transport.aeron;

import io.twintrack.transport.relay.Direction;
import io.twintrack.transport.relay.Effect;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Damaged headers and datagrams of strangers are dropped and counted; the streams go on. */
class BadDatagramTest {
    private static final int FRAMES = 1_000;

    /** A third of all headers is damaged for a while, of control messages too. */
    @Test
    void aStormOfDamagedHeadersPasses() {
        final long seed = System.nanoTime();
        try (Pair pair = Pair.relayed(8192, 1 << 20, seed).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, seed, false);
            for (final Direction direction : Direction.values()) {
                pair.relay.faults(direction).corruptHeader(0.33);
            }
            Wait.during(1_500, () -> traffic.step(Long.MAX_VALUE));
            assertTrue(pair.relay.count(Effect.HEADER_CORRUPTED) > 50, pair::toString);
            assertTrue(pair.right.link.counters().datagramsDropped() > 10, pair::toString);
            pair.relay.heal();
            final long goal = traffic.sent + FRAMES;
            Wait.until(() -> traffic.answered >= goal, () -> traffic.step(goal), () -> "seed " + seed + " " + pair, 20);
            assertEquals(0, pair.left.downs + pair.right.downs, () -> "seed " + seed + " " + pair);
        }
    }

    @Test
    void datagramsOfStrangersDoNotDisturb() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Pair pair = Pair.direct(8192, 1 << 20).awaitUp(); DatagramChannel stranger = DatagramChannel.open()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, seed, false);
            final int[] step = {0};
            Wait.until(() -> traffic.answered >= FRAMES, () -> {
                traffic.step(FRAMES);
                if (step[0]++ % 2 == 0) {
                    send(stranger, strange(random, step[0] / 2 % 5), pair.rightAddress);
                }
            }, () -> "seed " + seed + " " + pair, 20);
            assertTrue(pair.right.link.counters().datagramsDropped() > 50, pair::toString);
            assertEquals(0, pair.left.downs + pair.right.downs, () -> "seed " + seed + " " + pair);
            assertEquals(1, pair.right.link.counters().get(LinkCounter.IMAGES_ACCEPTED) / 2);
            assertEquals(0, pair.right.driver.errorCount());
        }
    }

    private static void send(final DatagramChannel channel, final ByteBuffer datagram, final InetSocketAddress to) {
        try {
            channel.send(datagram, to);
        } catch (final IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }

    /** Empty, random, longer than Aeron takes, an Aeron SETUP and an Aeron data frame without a seal. */
    private static ByteBuffer strange(final Random random, final int kind) {
        final byte[] bytes = new byte[switch (kind) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(9000);
            case 2 -> 65507;
            case 3 -> 40;
            default -> 64;
        }];
        random.nextBytes(bytes);
        final ByteBuffer datagram = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (kind == 3) {
            datagram.putInt(0, 40).putShort(4, (short) 0).putShort(6, (short) 5).putInt(8, 0).putInt(12, 77)
                .putInt(16, 1).putInt(20, 1).putInt(24, 1).putInt(28, 1 << 30).putInt(32, 1408).putInt(36, 0);
        } else if (kind == 4) {
            datagram.putInt(0, 64).putShort(4, (short) 0xC000).putShort(6, (short) 1).putInt(8, 0).putInt(12, 77)
                .putInt(16, 1).putInt(20, 1);
        }
        return datagram;
    }

    /** A hole that no retransmission ever fills ends the stream within a bound; both sides see a loss and recover. */
    @Test
    void aGapThatIsNeverRepairedEndsTheStream() {
        try (Pair pair = Pair.relayed(8192, 1 << 20, 1).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, 1, false);
            Wait.until(() -> traffic.answered >= 20, () -> traffic.step(20), pair::toString, 10);
            final int[] hole = {-1};
            pair.relay.faults(Direction.A_TO_B).filter(datagram -> isIn(datagram, hole));
            final int[] more = {0};
            Wait.until(() -> pair.right.downs > 0, () -> {
                pair.work();
                if (more[0]++ < 40) {
                    traffic.send();
                }
                traffic.receive();
            }, pair::toString, 15);
            assertEquals(1, pair.right.link.counters().get(LinkCounter.IMAGES_STALLED), pair::toString);
            assertTrue(pair.relay.count(Effect.FILTERED) > 1, pair::toString);
            pair.relay.heal();
            Wait.until(() -> pair.isUp() && pair.right.ups > 1, pair::work, pair::toString, 20);
            assertTrue(pair.left.downs > 0, () -> "the sender learns of the loss: " + pair);
        }
    }

    /** The first data frame of stream 1 that comes along is the hole from then on. */
    private static boolean isIn(final ByteBuffer datagram, final int[] hole) {
        final ByteBuffer view = datagram.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (view.limit() < 64 || view.getShort(6) != 1 || view.getInt(16) != LinkStream.DATA.id()) {
            return false;
        }
        final int offset = view.getInt(8);
        if (hole[0] < 0) {
            hole[0] = offset;
        }
        return offset <= hole[0] && hole[0] < offset + view.limit();
    }
}
