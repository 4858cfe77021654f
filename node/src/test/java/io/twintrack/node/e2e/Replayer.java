package io.twintrack.node.e2e;

import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.SharedMemory;
import io.twintrack.transport.aeron.AeronDriver;
import io.twintrack.transport.aeron.AeronReplicaLink;
import io.twintrack.transport.aeron.DriverOptions;
import io.twintrack.transport.aeron.LinkOptions;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Records the frames of a handshake as they pass, and says them again over a link of its own. */
final class Replayer {
    private static final int AERON_HEADER = 32;
    private static final int SEAL = 8;
    private static final int DATA = 1;
    private static final int TEMPLATE = 2;
    private static final int FRAME_TEMPLATE = 1;
    private static final int OPERATION = 8 + 86;

    private final Queue<byte[]> recorded = new ConcurrentLinkedQueue<>();

    /** All that passes, as a filter that takes nothing out. */
    boolean record(final ByteBuffer datagram) {
        final ByteBuffer bytes = datagram.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int length;
        for (int at = 0; at + AERON_HEADER <= bytes.limit() - SEAL; at += length + AERON_HEADER - 1 & -AERON_HEADER) {
            length = bytes.getInt(at);
            if (length <= AERON_HEADER) {
                return false;
            }
            if (bytes.getShort(at + 6) == DATA) {
                recordFrame(bytes, at + AERON_HEADER, length - AERON_HEADER);
            }
        }
        return false;
    }

    private void recordFrame(final ByteBuffer datagram, final int at, final int length) {
        if (length > OPERATION && datagram.getShort(at + TEMPLATE) == FRAME_TEMPLATE) {
            final int operation = datagram.get(at + OPERATION);
            if (operation == Operation.HELLO.code() || operation == Operation.PROOF.code()) {
                final byte[] frame = new byte[length];
                datagram.get(at, frame);
                recorded.add(frame);
            }
        }
    }

    List<byte[]> frames(final Operation operation) {
        return recorded.stream().filter(frame -> frame[OPERATION] == operation.code()).toList();
    }

    /** Says all of it so often, to whoever listens at the peer's address. */
    void sayAgain(final Path driver, final InetSocketAddress own, final InetSocketAddress peer, final int times) {
        final List<byte[]> left = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            left.addAll(recorded);
        }
        final FrameHandler deaf = (buffer, offset, length, token) -> FrameHandler.CONSUMED;
        try (AeronDriver aeron = new AeronDriver(new DriverOptions().directory(driver));
            AeronReplicaLink link = new AeronReplicaLink(aeron, new LinkOptions().local(own).peer(peer).mtu(Trio.MTU)
                .receiveWindow(512 << 10).termLength(1 << 20), SharedMemory.IGNORED)) {
            link.listener(new Nobody());
            Wait.until(() -> {
                link.doWork(System.nanoTime());
                link.pollFrames(deaf, 10);
                link.pollReplies(deaf, 10);
                while (!left.isEmpty() && send(link.frames(), left.get(0))) {
                    left.remove(0);
                }
                return left.isEmpty();
            }, 20, () -> left.size() + " frames could not be said again");
            // What was said is on its way; the link stays until it has arrived.
            final long endNs = System.nanoTime() + 300_000_000L;
            Wait.until(() -> {
                link.doWork(System.nanoTime());
                link.pollReplies(deaf, 10);
                return System.nanoTime() - endNs > 0;
            }, 20, () -> "");
        }
    }

    private static boolean send(final FrameChannel channel, final byte[] frame) {
        if (channel.claim(frame.length) != FrameChannel.CLAIMED) {
            return false;
        }
        channel.buffer().putBytes(channel.offset(), frame);
        channel.commit();
        return true;
    }

    private static final class Nobody implements LinkListener {
        @Override
        public void onLinkUp(final long nowNs) {
            // It speaks as soon as it can.
        }

        @Override
        public void onLinkDown(final long nowNs, final String reason) {
            // It goes on trying.
        }
    }
}
