package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.SharedMemory;
import io.twintrack.transport.relay.Direction;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Peers come, go, return and pause. */
class LinkLifeTest {
    private static final int MTU = 8192;
    private static final int TERM = 256 << 10;
    private static final int MOST_ATTEMPTS = 3;

    private static void exchange(final Pair pair, final int frames) {
        exchange(pair.left, pair.right, pair, frames);
        exchange(pair.right, pair.left, pair, frames);
    }

    /** In order and without a gap, unless a starved machine loses the link meanwhile: then it begins again. */
    private static void exchange(final End from, final End to, final Object explain, final int frames) {
        for (int attempt = 1;; attempt++) {
            final int downs = from.downs + to.downs;
            try {
                final Traffic traffic = new Traffic(from, to, 1, false);
                Wait.until(() -> traffic.answered >= frames, () -> traffic.step(frames), explain::toString, 20);
                return;
            } catch (final AssertionError e) {
                if (from.downs + to.downs == downs || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                Wait.until(() -> from.link.isUp() && to.link.isUp(), () -> {
                    from.work();
                    to.work();
                }, explain::toString, 20);
            }
        }
    }

    @Test
    void carriesFramesBothWays() {
        try (Pair pair = Pair.direct(MTU, TERM).awaitUp()) {
            exchange(pair, 500);
            assertEquals(0, pair.left.driver.errorCount() + pair.right.driver.errorCount());
        }
    }

    @Test
    void aPeerThatClosesIsMissedAndItsReturnIsNoticed() {
        try (Pair pair = Pair.impatient(MTU, TERM).awaitUp()) {
            exchange(pair, 100);
            pair.right.close();
            Wait.until(() -> !pair.left.link.isUp(), pair.left::work, pair::toString, 10);
            assertEquals(FrameChannel.NOT_CONNECTED, pair.left.link.frames().claim(256));
            pair.right = pair.newRight(SharedMemory.IGNORED);
            pair.awaitUp();
            exchange(pair, 100);
            assertEquals(2, pair.left.ups, pair.left.events::toString);
        }
    }

    @Test
    void aPeerThatIsKilledIsMissedAndItsReturnIsNoticed() {
        try (Pair pair = Pair.impatient(MTU, TERM).awaitUp()) {
            exchange(pair, 100);
            pair.right.kill();
            Wait.until(() -> !pair.left.link.isUp(), pair.left::work, pair::toString, 10);
            pair.right = pair.newRight(SharedMemory.IGNORED);
            pair.awaitUp();
            exchange(pair, 100);
        }
    }

    /** The old streams have not timed out when the new ones arrive. */
    @Test
    void aPeerThatReturnsAtOnceIsALossAndAReturn() {
        try (Pair pair = Pair.impatient(MTU, TERM).awaitUp()) {
            for (int round = 0; round < 3; round++) {
                exchange(pair, 100);
                final int downs = pair.left.downs;
                pair.right.kill();
                pair.right = pair.newRight(SharedMemory.IGNORED);
                Wait.until(() -> pair.left.downs > downs && pair.isUp(), pair::work, pair::toString, 20);
                exchange(pair, 100);
            }
        }
    }

    @Test
    void aLinkCanBeClosedAndOpenedAgainOnTheSameDriver() {
        try (Pair pair = Pair.impatient(MTU, TERM).awaitUp()) {
            for (int round = 0; round < 3; round++) {
                exchange(pair, 50);
                pair.left.link.close();
                final AeronReplicaLink again = new AeronReplicaLink(pair.left.driver,
                    pair.linkOptions().local(pair.leftAddress).peer(pair.rightAddress), SharedMemory.IGNORED);
                again.listener(pair.left);
                pair.left.link = again;
                final int downs = pair.right.downs;
                Wait.until(() -> pair.right.downs > downs && pair.isUp(), pair::work, pair::toString, 20);
            }
            exchange(pair, 50);
        }
    }

    @Test
    void aCutOfEitherDirectionIsALossOnBothSidesAndHeals() {
        for (final Direction direction : Direction.values()) {
            try (Pair pair = Pair.impatientRelayed(MTU, TERM, 7).awaitUp()) {
                exchange(pair, 50);
                pair.relay.faults(direction).cut(true);
                Wait.until(() -> !pair.left.link.isUp() && !pair.right.link.isUp(), pair::work, pair::toString, 10);
                pair.relay.heal();
                pair.awaitUp();
                exchange(pair, 50);
            }
        }
    }

    /** Cuts of any length, around the time-outs too: both sides agree on each loss, and all settles in the end. */
    @Test
    void repeatedCutsSettle() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Pair pair = Pair.impatientRelayed(1408, 65536, seed).awaitUp()) {
            for (int round = 0; round < 4; round++) {
                for (final Direction direction : Direction.values()) {
                    pair.relay.faults(direction).cut(random.nextInt(3) > 0).drop(0.05);
                }
                Wait.during(1_200 + random.nextInt(700), pair::work);
                pair.relay.heal();
                Wait.during(random.nextInt(600), pair::work);
            }
            pair.awaitUp();
            // A side may still find out about the last cut.
            Wait.during(1_000, pair::work);
            pair.awaitUp();
            final int downs = pair.left.downs + pair.right.downs;
            exchange(pair, 100);
            assertEquals(downs, pair.left.downs + pair.right.downs, () -> "seed " + seed + " " + pair);
            assertTrue(Math.abs(pair.left.downs - pair.right.downs) <= 4, () -> "seed " + seed + " " + pair);
            assertTrue(downs <= 4 * 4, () -> "no going back and forth, seed " + seed + " " + pair);
        }
    }

    /** What SIGSTOP does: no cycle for longer than Aeron's client may be silent. */
    @Test
    void aLongPauseRebuildsDriverAndClient() {
        final Pair pair = Pair.impatient(MTU, TERM);
        pair.left.close();
        pair.left = new End(pair.driverOptions().pauseTimeoutNs(TimeUnit.MILLISECONDS.toNanos(600)),
            pair.linkOptions().local(pair.leftAddress).peer(pair.rightAddress), SharedMemory.IGNORED);
        try (pair) {
            pair.awaitUp();
            exchange(pair, 50);
            final int version = pair.left.driver.socketVersion();
            final long resumeNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
            while (System.nanoTime() - resumeNs < 0) {
                pair.right.work();
                LockSupport.parkNanos(100_000);
            }
            Wait.until(() -> pair.left.downs == 1 && pair.isUp(), pair::work, pair::toString, 20);
            assertTrue(pair.left.driver.socketVersion() != version);
            exchange(pair, 50);
        }
    }

    @Test
    void linksShareADriver() {
        final Pair pair = Pair.direct(MTU, TERM);
        try (pair; End third = new End(pair.driverOptions(), pair.linkOptions().local(End.freeAddress())
                .peer(End.freeAddress()), SharedMemory.IGNORED)) {
            assertFalse(third.link.isUp());
            final InetSocketAddress here = End.freeAddress();
            final InetSocketAddress there = End.freeAddress();
            final AeronReplicaLink second = new AeronReplicaLink(pair.left.driver,
                pair.linkOptions().local(here).peer(there), SharedMemory.IGNORED);
            try (End far = new End(pair.driverOptions(), pair.linkOptions().local(there).peer(here),
                    SharedMemory.IGNORED)) {
                Wait.until(() -> pair.isUp() && second.isUp() && far.link.isUp(), () -> {
                    final long nowNs = System.nanoTime();
                    pair.left.link.doWork(nowNs);
                    second.doWork(nowNs);
                    pair.right.work();
                    far.work();
                }, pair::toString, 20);
                exchange(pair, 50);
                final int[] sockets = {0};
                pair.left.driver.forEachSocket(descriptor -> sockets[0]++);
                assertEquals(4, sockets[0]);
                second.close();
                exchange(pair, 50);
            }
        }
    }
}
