package io.twintrack.transport.aeron;

import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.SharedMemory;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One end of a link with a driver of its own, as a test uses it. */
final class End implements AutoCloseable, LinkListener {
    final AeronDriver driver;
    AeronReplicaLink link;
    final List<String> events = new ArrayList<>();
    int ups;
    int downs;

    End(final DriverOptions driverOptions, final LinkOptions linkOptions, final SharedMemory sharedMemory) {
        driver = new AeronDriver(driverOptions);
        try {
            link = new AeronReplicaLink(driver, linkOptions, sharedMemory);
        } catch (final RuntimeException ex) {
            driver.close();
            throw ex;
        }
        link.listener(this);
    }

    static Path newDirectory() {
        return Path.of("/dev/shm", "twintrack-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    static InetSocketAddress freeAddress() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
        } catch (final SocketException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void onLinkUp(final long nowNs) {
        ups++;
        events.add("up");
    }

    @Override
    public void onLinkDown(final long nowNs, final String reason) {
        downs++;
        events.add("down: " + reason);
    }

    void work() {
        link.doWork(System.nanoTime());
    }

    /** Ends it in order: streams first, then driver and client. */
    @Override
    public void close() {
        link.close();
        driver.close();
    }

    /** Ends it as a killed process does: nothing is said to the peer. */
    void kill() {
        driver.close();
        link.close();
    }
}
