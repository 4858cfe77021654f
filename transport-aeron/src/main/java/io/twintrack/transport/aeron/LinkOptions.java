package io.twintrack.transport.aeron;

import org.agrona.BitUtil;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/** How the link to one peer is set up. Lengths in bytes, durations in nanoseconds. */
public final class LinkOptions {
    public static final int MIN_MTU = 1408;
    public static final int MAX_MTU = 65504;
    private static final int UDP_AND_IP_HEADERS = 28;
    private static final int MAX_TERM_LENGTH = 512 * 1024 * 1024;
    /** Replies carry up to 32 KiB of a redundant volume's bytes. */
    private static final int MAX_REPLY_MTU = 36 * 1024;
    private static final int DEFAULT_TERM_LENGTH = 4 * 1024 * 1024;

    private InetSocketAddress local;
    private InetSocketAddress peer;
    private int mtu;
    private int receiveWindow = 2 * 1024 * 1024;
    private int termLength;
    private int replyTermLength = 1024 * 1024;
    private int sendBufferLength = 2 * 1024 * 1024;
    private int maxHeldFrames = 4096;
    private long stallTimeoutNs = TimeUnit.SECONDS.toNanos(5);

    /** The address and port on which the peer's streams arrive. Give an IP address: names are resolved once, here. */
    public LinkOptions local(final InetSocketAddress local) {
        this.local = local;
        return this;
    }

    /** The address and port on which the peer hears us. */
    public LinkOptions peer(final InetSocketAddress peer) {
        this.peer = peer;
        return this;
    }

    /**
     * Longest UDP payload, 1408 to 65504. Default: what the local interface takes without fragments, up to 65504 on
     * loopback. More than the path takes makes each lost fragment lose the whole datagram.
     */
    public LinkOptions mtu(final int mtu) {
        this.mtu = mtu;
        return this;
    }

    /**
     * How much the peer may send ahead of us: at least bandwidth times round trip. Default 2 MiB. It is cut to what
     * the system grants as a socket buffer, with a warning that says what to change.
     */
    public LinkOptions receiveWindow(final int receiveWindow) {
        this.receiveWindow = receiveWindow;
        return this;
    }

    /**
     * Length of a term of the data stream, a power of two of at least 64 KiB, two windows and eight datagrams. Frames
     * that wait for the disk span at most one term. Default: two windows, but at least 4 MiB. The peer's may not be
     * longer than ours.
     */
    public LinkOptions termLength(final int termLength) {
        this.termLength = termLength;
        return this;
    }

    /** Length of a term of the reply stream, a power of two from 64 KiB on. Default 1 MiB. */
    public LinkOptions replyTermLength(final int replyTermLength) {
        this.replyTermLength = replyTermLength;
        return this;
    }

    /** Asked of the system for the sending socket. Default 2 MiB. */
    public LinkOptions sendBufferLength(final int sendBufferLength) {
        this.sendBufferLength = sendBufferLength;
        return this;
    }

    /** How many frames may be held at a time, a power of two. Default 4096. */
    public LinkOptions maxHeldFrames(final int maxHeldFrames) {
        this.maxHeldFrames = maxHeldFrames;
        return this;
    }

    /** A gap in an incoming stream that is not repaired for so long ends the stream. Default 5 s. */
    public LinkOptions stallTimeoutNs(final long stallTimeoutNs) {
        this.stallTimeoutNs = stallTimeoutNs;
        return this;
    }

    /**
     * Fills in defaults and checks everything.
     *
     * @throws IllegalArgumentException that names every option that is wrong.
     */
    public LinkOptions conclude() {
        final Problems problems = new Problems();
        problems.require(isUsable(local), "local", local, "a local IP address with a port");
        problems.require(isUsable(peer), "peer", peer, "an IP address with a port");
        if (mtu == 0) {
            mtu = local == null ? MIN_MTU : recommendedMtu(local);
        }
        problems.requireRange("mtu", mtu, MIN_MTU, MAX_MTU, "bytes");
        problems.requireRange("receiveWindow", receiveWindow, mtu, MAX_TERM_LENGTH / 2, "bytes (from mtu on)");
        if (termLength == 0) {
            termLength = Math.max(DEFAULT_TERM_LENGTH, BitUtil.findNextPositivePowerOfTwo(2 * receiveWindow));
        }
        checkTerm(problems, "termLength", termLength, Math.max(2L * receiveWindow, 8L * mtu));
        checkTerm(problems, "replyTermLength", replyTermLength, 8L * replyMtu());
        problems.requireRange("sendBufferLength", sendBufferLength, mtu, Integer.MAX_VALUE / 2, "bytes (from mtu on)");
        problems.require(maxHeldFrames >= 16 && maxHeldFrames <= 1 << 20 && BitUtil.isPowerOfTwo(maxHeldFrames),
            "maxHeldFrames", maxHeldFrames, "a power of two, 16 to 1048576");
        problems.requireRange("stallTimeoutNs", stallTimeoutNs, TimeUnit.MILLISECONDS.toNanos(100),
            TimeUnit.MINUTES.toNanos(10), "ns");
        problems.throwIfAny();
        return this;
    }

    private static void checkTerm(
        final Problems problems, final String option, final int length, final long least) {
        final boolean holds = length >= 65536 && length >= least && length <= MAX_TERM_LENGTH
            && BitUtil.isPowerOfTwo(length);
        problems.require(holds, option, length,
            "a power of two, " + Math.max(65536, least) + " to " + MAX_TERM_LENGTH + " bytes");
    }

    private static boolean isUsable(final InetSocketAddress address) {
        return address != null && !address.isUnresolved() && address.getPort() > 0;
    }

    /** @return the longest UDP payload that leaves this address in one piece, within what Aeron can use. */
    public static int recommendedMtu(final InetSocketAddress local) {
        try {
            final NetworkInterface network = NetworkInterface.getByInetAddress(local.getAddress());
            final int mtu = network == null ? MIN_MTU : network.getMTU() - UDP_AND_IP_HEADERS;
            return Math.max(MIN_MTU, Math.min(MAX_MTU, mtu));
        } catch (final SocketException ex) {
            return MIN_MTU;
        }
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress peer() {
        return peer;
    }

    int mtu() {
        return mtu;
    }

    int replyMtu() {
        return Math.min(mtu, Math.max(MIN_MTU, Math.min(MAX_REPLY_MTU, replyTermLength / 8)));
    }

    int receiveWindow() {
        return receiveWindow;
    }

    int termLength() {
        return termLength;
    }

    int replyTermLength() {
        return replyTermLength;
    }

    /** Replies of a full data window fit several times, and what is read from the peer does not trickle. */
    int replyWindow() {
        return Math.min(replyTermLength / 2, 512 * 1024);
    }

    int sendBufferLength() {
        return sendBufferLength;
    }

    int maxHeldFrames() {
        return maxHeldFrames;
    }

    long stallTimeoutNs() {
        return stallTimeoutNs;
    }

    int longestTerm() {
        return Math.max(termLength, replyTermLength);
    }

    /** @return bytes of the RAM file system that the link takes: our two streams, and the peer's two. */
    long memoryNeeded() {
        final long logOverhead = 64 * 1024;
        return 2 * (3L * termLength + logOverhead) + 2 * (3L * replyTermLength + logOverhead);
    }
}
