package io.twintrack.node.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/** Ports of the loopback address that were free when asked, each given once. */
final class Ports {
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {
    }

    static synchronized int udp() {
        while (true) {
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static synchronized int tcp() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(-socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
