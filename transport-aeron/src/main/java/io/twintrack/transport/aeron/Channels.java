package io.twintrack.transport.aeron;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Aeron's channels, as URIs. Addresses are IP literals, so that nothing is ever looked up later. */
final class Channels {
    private Channels() {
    }

    /** @param sessionId the incarnation of the link. */
    static String publication(
        final InetSocketAddress peer, final FrameLayout layout, final int termLength, final int sessionId,
        final SocketBuffers buffers) {
        return channel(peer, buffers).mtu(layout.aeronMtu()).termLength(termLength).sessionId(sessionId).build();
    }

    static String subscription(final InetSocketAddress local, final int window, final SocketBuffers buffers) {
        return channel(local, buffers).receiverWindowLength(window).build();
    }

    /** Socket options are those of the socket, which both streams share, so both name the same. */
    private static ChannelUriStringBuilder channel(final InetSocketAddress endpoint, final SocketBuffers buffers) {
        return new ChannelUriStringBuilder()
            .media(CommonContext.UDP_MEDIA)
            .endpoint(text(endpoint))
            .socketRcvbufLength(buffers.receiveLength())
            .socketSndbufLength(buffers.sendLength());
    }

    private static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
