package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RoundTripTest {
    private static final int FRAMES = 3_000;

    @ParameterizedTest
    @ValueSource(ints = {1408, 1472, 4096, 8192, 16384, 65504})
    void framesArriveInOrderAndAreAnswered(final int mtu) {
        try (Pair pair = Pair.direct(mtu, 1 << 20).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, mtu, false);
            Wait.until(() -> traffic.answered == FRAMES, () -> traffic.step(FRAMES), pair::toString, 20);
            assertEquals(0, pair.left.driver.errorCount() + pair.right.driver.errorCount());
            assertEquals(FRAMES, pair.left.link.counters().get(LinkCounter.FRAMES_SENT));
            assertEquals(FRAMES, pair.right.link.counters().get(LinkCounter.FRAMES_RECEIVED));
            assertEquals(FRAMES, pair.left.link.counters().get(LinkCounter.REPLIES_RECEIVED));
        }
    }

    /** Frames of any length, across several terms, so that padding at their ends is met too. */
    @ParameterizedTest
    @ValueSource(ints = {4640, 8192, 65504})
    void payloadsLieOnSectorsWhereTheLayoutSaysSo(final int mtu) {
        try (Pair pair = Pair.direct(mtu, 1 << 19).awaitUp()) {
            assertEquals(ReplicaLink.ALIGNED_HEADER, pair.left.link.frames().headerLength());
            final Traffic traffic = new Traffic(pair.left, pair.right, mtu, false);
            final FrameHandler check = (buffer, offset, length, token) -> {
                assertEquals(0, (buffer.addressOffset() + offset + ReplicaLink.ALIGNED_HEADER) % 512);
                traffic.onFrame(buffer, offset, length);
                return FrameHandler.CONSUMED;
            };
            Wait.until(() -> traffic.received == FRAMES, () -> {
                if (traffic.sent < FRAMES) {
                    traffic.send();
                }
                pair.work();
                pair.right.link.pollFrames(check, 16);
            }, pair::toString, 20);
            final long term = 1 << 19;
            assertTrue((long) FRAMES * 512 > 2 * term, "several terms went by");
        }
    }

    @Test
    void aFullWindowIsAnswerNotAnException() {
        try (Pair pair = Pair.direct(8192, 65536).awaitUp()) {
            final FrameChannel frames = pair.left.link.frames();
            int claimed = 0;
            int result = frames.claim(4096);
            while (result == FrameChannel.CLAIMED) {
                frames.commit();
                assertTrue(++claimed < 1_000, "no end of room");
                pair.left.work();
                pair.right.work();
                result = frames.claim(4096);
            }
            assertEquals(FrameChannel.BACK_PRESSURED, result);
            assertTrue(claimed > 4);
            final int[] taken = {0};
            final int all = claimed;
            Wait.until(() -> taken[0] == all, () -> {
                pair.work();
                taken[0] += pair.right.link.pollFrames((buffer, offset, length, token) -> FrameHandler.CONSUMED, 8);
            }, pair::toString, 5);
            Wait.until(() -> frames.claim(4096) == FrameChannel.CLAIMED, pair::work, pair::toString, 5);
            frames.abort();
        }
    }

    @Test
    void aRefusedFrameIsOfferedAgainAndNothingBehindItBefore() {
        try (Pair pair = Pair.direct(1408, 65536).awaitUp()) {
            final Traffic traffic = new Traffic(pair.left, pair.right, 1, false);
            final int[] offers = {0};
            final FrameHandler choosy = (buffer, offset, length, token) -> {
                if (++offers[0] % 3 != 0) {
                    assertEquals(traffic.received, buffer.getLong(offset));
                    return FrameHandler.REFUSED;
                }
                traffic.onFrame(buffer, offset, length);
                return FrameHandler.CONSUMED;
            };
            Wait.until(() -> traffic.received == 300, () -> {
                if (traffic.sent < 300) {
                    traffic.send();
                }
                pair.work();
                pair.right.link.pollFrames(choosy, 16);
            }, pair::toString, 10);
            assertEquals(900, offers[0]);
            assertEquals(600, pair.right.link.counters().get(LinkCounter.FRAMES_REFUSED));
        }
    }

    @Test
    void nothingCanBeClaimedWhileTheLinkIsDown() {
        try (Pair pair = Pair.direct(1408, 65536)) {
            assertEquals(FrameChannel.NOT_CONNECTED, pair.left.link.frames().claim(256));
            assertEquals(FrameChannel.NOT_CONNECTED, pair.left.link.replies().claim(64));
        }
    }
}
