package io.twintrack.node.demo;

import io.twintrack.node.config.Endpoint;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Where the demo's nodes listen.
 *
 * @param nbd       of the origin, TCP.
 * @param targetNbd of the target, TCP: clients find the volume there when the target has become the primary.
 * @param origin    UDP.
 * @param target    UDP.
 */
record DemoPorts(Endpoint nbd, Endpoint targetNbd, Endpoint origin, Endpoint target) {
    private static final String LOOPBACK = "127.0.0.1";

    /** @param nbd its port may be 0 for any. */
    static DemoPorts free(final Endpoint nbd) throws IOException {
        final InetSocketAddress any = new InetSocketAddress(LOOPBACK, 0);
        // All are open at once, so that no two are the same.
        try (DatagramSocket origin = new DatagramSocket(any); DatagramSocket target = new DatagramSocket(any);
             ServerSocket targetNbd = new ServerSocket()) {
            targetNbd.bind(any);
            return new DemoPorts(free(nbd.host(), nbd.port()), new Endpoint(LOOPBACK, targetNbd.getLocalPort()),
                new Endpoint(LOOPBACK, origin.getLocalPort()), new Endpoint(LOOPBACK, target.getLocalPort()));
        }
    }

    private static Endpoint free(final String host, final int port) throws IOException {
        if (port != 0) {
            return new Endpoint(host, port);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new Endpoint(host, port).resolve());
            return new Endpoint(host, socket.getLocalPort());
        }
    }
}
