package io.twintrack.transport.aeron;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Socket addresses as Aeron's channels write them: IP literals, so that nothing is ever looked up later. */
final class Addresses {
    private Addresses() {
    }

    static String text(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
