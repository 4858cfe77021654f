package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.SharedMemory;
import io.twintrack.transport.relay.Direction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A held frame stays as it is until it is released, whatever happens around it. */
class HeldFrameTest {
    /** Where a held frame lies, by address: that is what a disk reads. */
    private record Held(long token, long address, int length, long number) {
    }

    private final List<Held> held = new ArrayList<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    private FrameHandler holdAll(final Traffic traffic) {
        return (buffer, offset, length, token) -> {
            traffic.onFrame(buffer, offset, length);
            held.add(new Held(token, buffer.addressOffset() + offset, length, traffic.received - 1));
            return FrameHandler.HELD;
        };
    }

    private void check(final Held frame, final Traffic traffic, final long seed) {
        view.wrap(frame.address, frame.length);
        assertTrue(traffic.isIntact(view, 0, frame.length), () -> "frame " + frame.number + " changed, seed " + seed);
        assertEquals(frame.number, view.getLong(0), "seed " + seed);
    }

    private void releaseAny(final Pair pair, final Traffic traffic, final Random random, final long seed) {
        final int last = held.size() - 1;
        final int pick = random.nextInt(held.size());
        final Held frame = held.get(pick);
        held.set(pick, held.get(last));
        held.remove(last);
        check(frame, traffic, seed);
        pair.right.link.release(frame.token);
    }

    /** Many rounds through all three terms, with frames held as long as the link allows. */
    @ParameterizedTest
    @CsvSource({"1408, 65536, 6000", "8192, 65536, 3000", "8192, 262144, 3000", "65504, 524288, 1500"})
    void framesAreReleasedInAnyOrder(final int mtu, final int termLength, final int frames) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Pair pair = Pair.relayed(mtu, termLength, seed).awaitUp()) {
            pair.relay.faults(Direction.A_TO_B).drop(0.01).repeat(0.05).reorder(0.05);
            final Traffic traffic = new Traffic(pair.left, pair.right, seed, false);
            final FrameHandler hold = holdAll(traffic);
            final int[] blocked = {0};
            Wait.until(() -> traffic.received == frames && held.isEmpty(), () -> {
                while (traffic.sent < frames && traffic.send()) {
                    Thread.onSpinWait();
                }
                pair.work();
                final int taken = pair.right.link.pollFrames(hold, 16);
                // Mostly hold until nothing more comes, so that the limit is reached often.
                if (!held.isEmpty() && (taken == 0 && ++blocked[0] % 50 == 0 || random.nextInt(40) == 0)) {
                    final int count = random.nextInt(held.size()) + 1;
                    for (int i = 0; i < count; i++) {
                        releaseAny(pair, traffic, random, seed);
                    }
                }
            }, () -> "seed " + seed + " received " + traffic.received + " held " + held.size() + "\n" + pair, 30);
            assertTrue(pair.right.link.counters().get(LinkCounter.HOLD_LIMITED) > 0, "the limit was reached");
            assertEquals(0, pair.right.downs, pair::toString);
        }
    }

    /** The oldest frame is held: a term's worth passes behind it, then the sender is stalled, and the image stays. */
    @Test
    void aHeldFrameStallsTheSenderButNotTheLink() {
        try (Pair pair = Pair.direct(8192, 65536).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, 3, false);
            final FrameHandler hold = holdAll(traffic);
            Wait.until(() -> held.size() == 1, () -> {
                traffic.send();
                pair.work();
                pair.right.link.pollFrames(hold, 1);
            }, pair::toString, 5);
            Wait.during(1_200, () -> {
                while (traffic.send()) {
                    Thread.onSpinWait();
                }
                pair.work();
                traffic.receive();
            });
            traffic.answered = 1;
            assertTrue(traffic.received > 8, "frames pass while one is held: " + traffic.received);
            assertEquals(FrameChannel.BACK_PRESSURED, pair.left.link.frames().claim(512));
            assertEquals(0, pair.right.downs + pair.left.downs, pair::toString);
            check(held.get(0), traffic, 3);
            pair.right.link.release(held.get(0).token);
            Wait.until(() -> traffic.received == traffic.sent && traffic.sent > 500, () -> traffic.step(501),
                pair::toString, 10);
        }
    }

    @Test
    void aTokenIsGoodForOneRelease() {
        try (Pair pair = Pair.direct(1408, 65536).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, 5, false);
            final FrameHandler hold = holdAll(traffic);
            Wait.until(() -> held.size() >= 2, () -> {
                traffic.send();
                pair.work();
                pair.right.link.pollFrames(hold, 1);
            }, pair::toString, 5);
            final long token = held.get(0).token;
            pair.right.link.release(token);
            assertThrows(IllegalStateException.class, () -> pair.right.link.release(token));
            assertThrows(IllegalStateException.class, () -> pair.right.link.release(token + 8 * 100));
            pair.right.link.release(held.get(1).token);
        }
    }

    /** Memory is told of before it is used and given back only after the last release. */
    @Test
    void heldFramesOutliveTheirStreamAndTheDriver() {
        final List<String> told = new ArrayList<>();
        final SharedMemory memory = new SharedMemory() {
            @Override
            public void onMapped(final long address, final long length) {
                told.add("mapped " + address + " " + length);
            }

            @Override
            public void onUnmapping(final long address, final long length) {
                told.add("unmapping " + address + " " + length);
            }
        };
        final Pair pair = Pair.impatient(8192, 65536);
        try (pair) {
            pair.right.close();
            pair.right = pair.newRight(memory);
            pair.awaitUp();
            final Traffic traffic = new Traffic(pair.left, pair.right, 9, false);
            final FrameHandler hold = holdAll(traffic);
            Wait.until(() -> held.size() >= 4, () -> {
                traffic.send();
                pair.work();
                pair.right.link.pollFrames(hold, 4);
            }, pair::toString, 5);
            assertEquals(1, told.size(), told::toString);
            pair.left.kill();
            Wait.until(() -> !pair.right.link.isUp(), pair.right::work, pair::toString, 10);
            Wait.during(300, pair.right::work);
            check(held.get(0), traffic, 9);
            pair.right.link.release(held.get(0).token);
            pair.right.driver.close();
            for (final Held frame : held.subList(1, held.size())) {
                check(frame, traffic, 9);
                assertEquals(1, told.size(), told::toString);
                pair.right.link.release(frame.token);
            }
            pair.right.link.close();
            assertEquals(2, told.size(), told::toString);
            assertEquals(told.get(0).replace("mapped", "unmapping"), told.get(1));
        }
    }
}
