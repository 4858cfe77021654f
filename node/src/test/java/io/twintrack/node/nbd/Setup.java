package io.twintrack.node.nbd;

import java.net.SocketAddress;
import java.util.Arrays;
import java.util.stream.Stream;

/** Which socket implementation and which address family a test runs over. */
record Setup(Host.Sockets sockets, Host.Family family) {

    static Stream<Setup> all() {
        return Stream.of(Host.Sockets.URING, Host.Sockets.SYSCALLS)
            .flatMap(sockets -> Arrays.stream(Host.Family.values()).map(family -> new Setup(sockets, family)));
    }

    Host.Builder builder() {
        return Host.builder(sockets);
    }

    SocketAddress address(final Host host) {
        return host.address(family);
    }

    @Override
    public String toString() {
        return sockets + " " + family;
    }
}
