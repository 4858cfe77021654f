package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.SharedMemory;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Aeron never looks again at a stream that it could not take, for want of memory for instance; here it was the MTU. */
class RefusedStreamTest {
    private static final int LIFE = 4711;

    private static HandmadePeer.Start start(final int mtu) {
        return new HandmadePeer.Start(LIFE, LIFE, 0, HandmadePeer.TERM, mtu);
    }

    private static void step(final End end, final HandmadePeer peer) {
        try {
            peer.hear();
            peer.sayAllOfALife();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        for (int i = 0; i < 8; i++) {
            end.work();
        }
    }

    @Test
    void aStreamThatCouldNotBeTakenAtFirstIsTakenLater() throws IOException {
        final InetSocketAddress address = End.freeAddress();
        final InetSocketAddress peerAddress = End.freeAddress();
        final LinkOptions options = new LinkOptions().local(address).peer(peerAddress).mtu(1408)
            .termLength(HandmadePeer.TERM).replyTermLength(HandmadePeer.TERM).receiveWindow(HandmadePeer.TERM / 4)
            .stallTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200));
        try (End end = new End(new DriverOptions().directory(End.newDirectory()), options, SharedMemory.IGNORED);
            HandmadePeer peer = new HandmadePeer(peerAddress, address)) {
            peer.live(LIFE, start(0));
            Wait.until(() -> end.driver.errorCount() >= 2, () -> step(end, peer), end.events::toString, 20);
            peer.live(LIFE, start(HandmadePeer.MTU));
            final int[] frames = {0};
            Wait.until(() -> frames[0] > 0, () -> {
                step(end, peer);
                end.link.pollFrames((buffer, offset, length, token) -> {
                    frames[0]++;
                    return FrameHandler.CONSUMED;
                }, 1);
            }, () -> end.events + " " + end.link.counters(), 20);
            assertTrue(end.link.isUp());
        }
    }
}
