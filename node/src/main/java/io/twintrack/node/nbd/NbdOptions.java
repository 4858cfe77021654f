package io.twintrack.node.nbd;

import java.util.concurrent.TimeUnit;

/**
 * Limits of one {@link NbdServer}.
 *
 * @param maxConnections        1 to 1024; one more is closed at once.
 * @param requestsPerConnection 1 to 4096 in flight; a client that sends more is read no further until one is answered.
 * @param handshakeTimeoutNs    from accept to the transmission phase.
 * @param stopTimeoutNs         how long a stopping server waits for clients to take their last replies.
 */
public record NbdOptions(int maxConnections, int requestsPerConnection, long handshakeTimeoutNs, long stopTimeoutNs) {
    public static final NbdOptions DEFAULT =
        new NbdOptions(16, 128, TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(5));

    public NbdOptions {
        check("maxConnections", maxConnections, 1, 1024);
        check("requestsPerConnection", requestsPerConnection, 1, 4096);
        check("handshakeTimeoutNs", handshakeTimeoutNs, 1, TimeUnit.HOURS.toNanos(1));
        check("stopTimeoutNs", stopTimeoutNs, 1, TimeUnit.HOURS.toNanos(1));
    }

    public NbdOptions withMaxConnections(final int connections) {
        return new NbdOptions(connections, requestsPerConnection, handshakeTimeoutNs, stopTimeoutNs);
    }

    public NbdOptions withRequestsPerConnection(final int requests) {
        return new NbdOptions(maxConnections, requests, handshakeTimeoutNs, stopTimeoutNs);
    }

    public NbdOptions withHandshakeTimeoutNs(final long timeoutNs) {
        return new NbdOptions(maxConnections, requestsPerConnection, timeoutNs, stopTimeoutNs);
    }

    public NbdOptions withStopTimeoutNs(final long timeoutNs) {
        return new NbdOptions(maxConnections, requestsPerConnection, handshakeTimeoutNs, timeoutNs);
    }

    private static void check(final String name, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " = " + value + " is not from " + min + " to " + max);
        }
    }
}
