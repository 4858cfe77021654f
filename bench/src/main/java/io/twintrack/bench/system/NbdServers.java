package io.twintrack.bench.system;

import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The server processes of one system that speak NBD on loopback; the last one started faces the client. */
final class NbdServers {
    static final String EXPORT = "vol0";
    private static final String HOST = "127.0.0.1";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final Children children;
    private final List<Child> running = new ArrayList<>();

    NbdServers(final Children children) {
        this.children = children;
    }

    /** Free when this returns; nothing keeps it so until the server binds it. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    static String uri(final int port) {
        return "nbd://" + HOST + ":" + port + "/" + EXPORT;
    }

    static SocketAddress at(final int port) {
        return new InetSocketAddress(HOST, port);
    }

    /** Returns when the address takes connections. */
    void start(final String name, final SocketAddress address, final List<String> command) throws IOException {
        final Child child = children.start(name, command);
        running.add(child);
        child.await("listening on " + address, () -> connects(address), START_LIMIT);
    }

    Set<Long> pids() {
        final Set<Long> pids = new LinkedHashSet<>();
        running.forEach(child -> pids.add(child.handle().pid()));
        return pids;
    }

    /** Those that face the client go first, so that a mirror ends before its far side does. */
    void stop() {
        for (int i = running.size() - 1; i >= 0; i--) {
            children.stop(running.get(i));
        }
        running.clear();
    }

    private static boolean connects(final SocketAddress address) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            return channel.isConnected();
        } catch (final IOException e) {
            return false;
        }
    }
}
