package io.twintrack.transport.aeron;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the two sockets of a link share with it: who it is now, who answers it, and what was dropped. HBA's thread only.
 */
final class LinkSockets {
    /** Nobody has answered. Outside of the range of incarnations, which are 32 bits. */
    static final long NOBODY = Long.MIN_VALUE;

    private final InetSocketAddress local;
    private final InetSocketAddress peer;
    private final int maxTermLength;
    private final LinkCounters counters;
    private final ErrorReports errors;
    private final long[] answeredBy = new long[LinkStream.values().length];
    private int incarnation;

    LinkSockets(
        final InetSocketAddress local, final InetSocketAddress peer, final int maxTermLength,
        final LinkCounters counters, final ErrorReports errors) {
        this.errors = errors;
        this.local = local;
        this.peer = peer;
        this.maxTermLength = maxTermLength;
        this.counters = counters;
        open(0);
    }

    /** A new life of the link begins; what answered the one before does not count. */
    void open(final int incarnation) {
        this.incarnation = incarnation;
        Arrays.fill(answeredBy, NOBODY);
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress peer() {
        return peer;
    }

    int incarnation() {
        return incarnation;
    }

    LinkCounters counters() {
        return counters;
    }

    /** @return the incarnation of the peer that sent the last status message for this stream, or {@link #NOBODY}. */
    long answeredBy(final LinkStream stream) {
        return answeredBy[stream.ordinal()];
    }

    /**
     * Only a receiver that takes part in this life of the link counts: session ids are incarnations.
     *
     * @param answeredBy the peer's incarnation, or {@link #NOBODY} if it says goodbye.
     */
    void onStatusMessage(final int sessionId, final int streamId, final long answeredBy) {
        final LinkStream stream = LinkStream.of(streamId);
        if (stream != null && sessionId == incarnation) {
            this.answeredBy[stream.ordinal()] = answeredBy;
        }
    }

    /**
     * Takes the seal off a received datagram.
     *
     * @return whether it is good; then the buffer's position is its length without the seal.
     */
    boolean unseal(final DatagramSeal seal, final ByteBuffer datagram) {
        final int length = datagram.position();
        final LinkCounter outcome = switch (seal.check(datagram, length, maxTermLength)) {
            case TOO_SHORT -> LinkCounter.DROPPED_TOO_SHORT;
            case MALFORMED -> LinkCounter.DROPPED_MALFORMED;
            case BAD_CHECKSUM -> LinkCounter.DROPPED_CHECKSUM;
            case OUT_OF_TERM -> LinkCounter.DROPPED_OUT_OF_TERM;
            case GOOD -> LinkCounter.DATAGRAMS_RECEIVED;
        };
        counters.increment(outcome);
        if (outcome == LinkCounter.DROPPED_OUT_OF_TERM) {
            errors.report("A node sends to " + local + " with terms longer than " + maxTermLength
                + " bytes: both sides of a link need the same termLength");
        }
        datagram.clear().position(length - DatagramSeal.LENGTH < 0 ? 0 : length - DatagramSeal.LENGTH);
        return outcome == LinkCounter.DATAGRAMS_RECEIVED;
    }
}
