package io.twintrack.transport.aeron;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Once everything is compiled nothing is allocated for a frame and its reply, on either side. */
class AllocationTest {
    private static final int FRAMES = 10_000;
    /** A busy machine compiles late: what a frame costs is counted in every round. */
    private static final int MOST_ROUNDS = 20;
    /** Aeron's timers and the virtual machine itself allocate now and then: far less than a byte a frame. */
    private static final long TOLERATED_BYTES = FRAMES;

    private long received;
    private long answered;
    private long heldToken;

    @ParameterizedTest
    @ValueSource(ints = {1408, 65504})
    void nothingPerFrame(final int mtu) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Assumptions.assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        try (Pair pair = Pair.direct(mtu, 1 << 20).awaitUp()) {
            final FrameHandler onFrame = (buffer, offset, length, token) -> answer(pair, token);
            final FrameHandler onReply = (buffer, offset, length, token) -> {
                answered++;
                return FrameHandler.CONSUMED;
            };
            final long thread = Thread.currentThread().getId();
            long least = Long.MAX_VALUE;
            for (int round = 1; round <= MOST_ROUNDS && least >= TOLERATED_BYTES; round++) {
                final long before = threads.getThreadAllocatedBytes(thread);
                exchange(pair, round * FRAMES, onFrame, onReply);
                least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
            }
            pair.right.link.release(heldToken);
            assertTrue(least < TOLERATED_BYTES, least + " bytes for " + FRAMES + " frames");
        }
    }

    private int answer(final Pair pair, final long token) {
        final FrameChannel replies = pair.right.link.replies();
        if (replies.claim(64) != FrameChannel.CLAIMED) {
            return FrameHandler.REFUSED;
        }
        replies.commit();
        if (received++ > 0) {
            pair.right.link.release(heldToken);
        }
        heldToken = token;
        return FrameHandler.HELD;
    }

    private void exchange(final Pair pair, final int goal, final FrameHandler onFrame, final FrameHandler onReply) {
        final FrameChannel frames = pair.left.link.frames();
        final int length = Math.min(frames.maxFrameLength(), 4096 + frames.headerLength());
        long sent = answered;
        while (answered < goal) {
            for (int i = 0; i < 4 && sent < goal && frames.claim(length) == FrameChannel.CLAIMED; i++) {
                frames.commit();
                sent++;
            }
            pair.left.work();
            pair.right.link.pollFrames(onFrame, 64);
            pair.right.work();
            pair.left.link.pollReplies(onReply, 64);
        }
    }
}
