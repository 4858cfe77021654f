package io.twintrack.node.nbd;

/** What an {@link NbdServer} counts. All only grow, but for {@link #CONNECTIONS_OPEN}. */
public enum NbdCounter {
    CONNECTIONS_OPEN,
    CONNECTIONS_ACCEPTED,
    /** Closed at once, because all were in use. */
    CONNECTIONS_REFUSED,
    /** Ended by the server: a protocol violation, a time-out, or an error of the socket. */
    CONNECTIONS_DROPPED,
    ACCEPT_ERRORS,
    HANDSHAKE_TIMEOUTS,
    /** What the specification forbids a client to do, so that the connection ended. */
    PROTOCOL_VIOLATIONS,
    /** Options answered with an error. */
    OPTIONS_REFUSED,
    READS,
    WRITES,
    FLUSHES,
    TRIMS,
    ZEROES,
    BLOCK_STATUSES,
    DISCONNECTS,
    CACHES,
    UNKNOWN_COMMANDS,
    BYTES_READ,
    BYTES_WRITTEN,
    /** Requests answered with EPERM. */
    ERRORS_EPERM,
    ERRORS_EIO,
    ERRORS_EINVAL,
    ERRORS_ENOSPC,
    ERRORS_EOVERFLOW,
    ERRORS_ENOTSUP,
    ERRORS_ESHUTDOWN,
    /** Operations on sockets that completed. With {@link #SENDS} it tells how well requests and replies are batched. */
    RECEIVES,
    SENDS,
    /** Predicted writes that came as predicted: received into the slot without a copy, header and all. */
    PREDICTED_WRITES,
    /** Receives whose prediction failed, so that bytes had to be moved. */
    MISPREDICTIONS,
    /** Duty cycles in which a connection had to wait for a slot. */
    SLOT_WAITS,
    /** Duty cycles in which a connection had to wait for the volume. */
    VOLUME_WAITS;

    static NbdCounter ofError(final int error) {
        switch (error) {
            case Nbd.EPERM:
                return ERRORS_EPERM;
            case Nbd.EIO:
                return ERRORS_EIO;
            case Nbd.ENOSPC:
                return ERRORS_ENOSPC;
            case Nbd.EOVERFLOW:
                return ERRORS_EOVERFLOW;
            case Nbd.ENOTSUP:
                return ERRORS_ENOTSUP;
            case Nbd.ESHUTDOWN:
                return ERRORS_ESHUTDOWN;
            default:
                return ERRORS_EINVAL;
        }
    }
}
