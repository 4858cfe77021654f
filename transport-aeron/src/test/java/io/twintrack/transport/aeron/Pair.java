package io.twintrack.transport.aeron;

import io.twintrack.engine.port.SharedMemory;
import io.twintrack.transport.relay.DatagramRelay;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Two ends, directly connected or through a relay, driven by the test's thread. */
final class Pair implements AutoCloseable {
    /** A busy machine may take its time. */
    private static final long PATIENT_MS = 5_000;
    private static final long IMPATIENT_MS = 1_500;

    final InetSocketAddress leftAddress = End.freeAddress();
    final InetSocketAddress rightAddress = End.freeAddress();
    final DatagramRelay relay;
    final int mtu;
    final int termLength;
    private final long peerTimeoutMs;
    End left;
    End right;

    private Pair(final int mtu, final int termLength, final long relaySeed, final boolean relayed,
        final long peerTimeoutMs) {
        this.mtu = mtu;
        this.termLength = termLength;
        this.peerTimeoutMs = peerTimeoutMs;
        relay = relayed ? new DatagramRelay(leftAddress, rightAddress, relaySeed) : null;
        left = newLeft(SharedMemory.IGNORED);
        right = newRight(SharedMemory.IGNORED);
    }

    static Pair direct(final int mtu, final int termLength) {
        return new Pair(mtu, termLength, 0, false, PATIENT_MS);
    }

    static Pair relayed(final int mtu, final int termLength, final long seed) {
        return new Pair(mtu, termLength, seed, true, PATIENT_MS);
    }

    /** For tests that wait for a time-out. */
    static Pair impatient(final int mtu, final int termLength) {
        return new Pair(mtu, termLength, 0, false, IMPATIENT_MS);
    }

    static Pair impatientRelayed(final int mtu, final int termLength, final long seed) {
        return new Pair(mtu, termLength, seed, true, IMPATIENT_MS);
    }

    DriverOptions driverOptions() {
        return new DriverOptions().directory(End.newDirectory())
            .peerTimeoutNs(TimeUnit.MILLISECONDS.toNanos(peerTimeoutMs));
    }

    LinkOptions linkOptions() {
        return new LinkOptions().mtu(mtu).termLength(termLength).replyTermLength(64 << 10)
            .receiveWindow(Math.max(mtu, termLength / 4)).stallTimeoutNs(TimeUnit.MILLISECONDS.toNanos(peerTimeoutMs));
    }

    End newLeft(final SharedMemory sharedMemory) {
        return new End(driverOptions(),
            linkOptions().local(leftAddress).peer(relay == null ? rightAddress : relay.towardsB()), sharedMemory);
    }

    End newRight(final SharedMemory sharedMemory) {
        return new End(driverOptions(),
            linkOptions().local(rightAddress).peer(relay == null ? leftAddress : relay.towardsA()), sharedMemory);
    }

    void work() {
        left.work();
        right.work();
    }

    boolean isUp() {
        return left.link.isUp() && right.link.isUp();
    }

    Pair awaitUp() {
        Wait.until(this::isUp, this::work, this::toString, 20);
        return this;
    }

    @Override
    public String toString() {
        return "left " + left.events + " " + left.link.counters() + "\nright " + right.events + " "
            + right.link.counters() + "\n" + relay;
    }

    @Override
    public void close() {
        left.close();
        right.close();
        if (relay != null) {
            relay.close();
        }
    }
}
