package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SharedMemory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.*;

class RoundTripTest {
    @ParameterizedTest
    @ValueSource(ints = {1408, 1472, 4096, 8192, 16384, 65504})
    void framesArriveInOrderAndAreAnswered(final int mtu) {
        final InetSocketAddress a = End.freeAddress();
        final InetSocketAddress b = End.freeAddress();
        try (End left = new End(new DriverOptions().directory(End.newDirectory()),
                new LinkOptions().local(a).peer(b).mtu(mtu).receiveWindow(256 << 10).termLength(1 << 20), SharedMemory.IGNORED);
            End right = new End(new DriverOptions().directory(End.newDirectory()),
                new LinkOptions().local(b).peer(a).mtu(mtu).receiveWindow(256 << 10).termLength(1 << 20), SharedMemory.IGNORED)) {
            final long deadline = System.nanoTime() + 10_000_000_000L;
            final long t0 = System.nanoTime();
            while (!(left.link.isUp() && right.link.isUp())) {
                left.work();
                right.work();
                assertTrue(System.nanoTime() < deadline, left.events + " " + right.events);
            }
            System.out.println("up after " + (System.nanoTime() - t0) / 1000 + " us");
            final FrameChannel frames = left.link.frames();
            final int max = frames.maxFrameLength();
            final int[] sent = {0};
            final int[] received = {0};
            final int[] answered = {0};
            final FrameHandler onFrame = (buffer, offset, length, token) -> {
                assertEquals(received[0], buffer.getInt(offset));
                if (frames.headerLength() == ReplicaLink.ALIGNED_HEADER) {
                    assertEquals(0, (buffer.addressOffset() + offset + frames.headerLength()) % 512);
                }
                final FrameChannel replies = right.link.replies();
                if (replies.claim(64) != FrameChannel.CLAIMED) {
                    return FrameHandler.REFUSED;
                }
                replies.buffer().putInt(replies.offset(), received[0]);
                replies.commit();
                received[0]++;
                return FrameHandler.CONSUMED;
            };
            final FrameHandler onReply = (buffer, offset, length, token) -> {
                assertEquals(answered[0], buffer.getInt(offset));
                answered[0]++;
                return FrameHandler.CONSUMED;
            };
            while (answered[0] < 5000) {
                if (sent[0] < 5000 && frames.claim(sent[0] % 3 == 0 ? max : 128 + sent[0] % (max - 128)) == FrameChannel.CLAIMED) {
                    frames.buffer().putInt(frames.offset(), sent[0]++);
                    frames.commit();
                }
                left.work();
                right.link.pollFrames(onFrame, 16);
                right.work();
                left.link.pollReplies(onReply, 16);
                assertTrue(System.nanoTime() < deadline, () -> left.link.counters() + " / " + right.link.counters());
            }
            System.out.println(mtu + " " + left.link.counters() + "\n  " + right.link.counters() + " " + left.driver.errorCount());
        }
    }
}
