package io.twintrack.transport.aeron;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/**
 * The socket buffers that the system really grants. Linux cuts SO_RCVBUF silently to net.core.rmem_max (man 7 socket),
 * and Aeron compares its window with what was asked for: a window larger than the buffer is lost datagrams.
 */
final class SocketBuffers {
    private static final Logger LOG = LoggerFactory.getLogger(SocketBuffers.class);

    private final int receiveLength;
    private final int sendLength;
    private final int dataWindow;
    private final int replyWindow;

    SocketBuffers(final LinkOptions options, final int receiveLength, final int sendLength) {
        this.receiveLength = receiveLength;
        this.sendLength = sendLength;
        // Both streams share the socket, so both windows share its buffer.
        this.replyWindow = Math.max(options.replyMtu(), Math.min(options.replyWindow(), receiveLength / 4));
        this.dataWindow = Math.max(options.mtu(), Math.min(options.receiveWindow(), receiveLength - replyWindow));
    }

    static SocketBuffers of(final LinkOptions options) {
        final int wantedReceive = options.receiveWindow() + options.replyWindow();
        final int receive = Math.min(wantedReceive, granted(StandardSocketOptions.SO_RCVBUF, wantedReceive));
        final int wantedSend = options.sendBufferLength();
        final int send = Math.min(wantedSend, granted(StandardSocketOptions.SO_SNDBUF, wantedSend));
        final SocketBuffers buffers = new SocketBuffers(options, receive, send);
        if (receive < wantedReceive) {
            LOG.warn("The system grants {} of the {} bytes that the link's receive window needs: the peer may send "
                + "only {} instead of {} bytes ahead, which costs throughput when this side pauses and on long ways. "
                + "Set it with: sysctl -w net.core.rmem_max={}",
                receive, wantedReceive, buffers.dataWindow, options.receiveWindow(), wantedReceive);
        }
        return buffers;
    }

    private static int granted(final SocketOption<Integer> option, final int wanted) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(option, wanted);
            return probe.getOption(option);
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot open a UDP socket", ex);
        }
    }

    int receiveLength() {
        return receiveLength;
    }

    int sendLength() {
        return sendLength;
    }

    int dataWindow() {
        return dataWindow;
    }

    int replyWindow() {
        return replyWindow;
    }
}
