package io.twintrack.node.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports of the loopback address that nobody uses, each given once to one of all the Java processes that run tests on
 * this machine. They lie below those that the kernel gives to sockets without one (ip(7), ip_local_port_range), so that
 * no client takes one before the node that it is meant for.
 */
final class Ports {
    private static final int FIRST = 10_000;
    private static final int COUNT = 20_000;
    /** Locked while this process lives. */
    private static final List<FileLock> GIVEN = new ArrayList<>();
    private static int next = (int) (ProcessHandle.current().pid() * 97 % COUNT);

    private Ports() {
    }

    static synchronized int udp() {
        return free(port -> new DatagramSocket(port, InetAddress.getLoopbackAddress()).close());
    }

    static synchronized int tcp() {
        return free(port -> new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close());
    }

    private interface Trial {
        void bind(int port) throws IOException;
    }

    private static int free(final Trial trial) {
        for (int i = 0; i < COUNT; i++) {
            final int port = FIRST + next++ % COUNT;
            if (isReserved(port) && isFree(port, trial)) {
                return port;
            }
        }
        throw new IllegalStateException("all ports are in use");
    }

    private static boolean isReserved(final int port) {
        try {
            final Path folder = Files.createDirectories(Path.of(
                System.getProperty("java.io.tmpdir"), "twintrack-test-ports-" + System.getProperty("user.name")));
            final FileChannel file = FileChannel.open(folder.resolve(Integer.toString(port)),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = file.tryLock();
            if (lock == null) {
                file.close();
                return false;
            }
            GIVEN.add(lock);
            return true;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(final int port, final Trial trial) {
        try {
            trial.bind(port);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }
}
