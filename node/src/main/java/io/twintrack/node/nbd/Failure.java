package io.twintrack.node.nbd;

import io.twintrack.engine.Status;

import java.nio.charset.StandardCharsets;

/** Why a request was not done: the NBD error, and a sentence that structured replies carry along. */
enum Failure {
    UNKNOWN_COMMAND(Nbd.EINVAL, "unknown command"),
    WRONG_FLAGS(Nbd.EINVAL, "a flag that this command does not take"),
    EMPTY(Nbd.EINVAL, "length is 0"),
    NOT_EMPTY(Nbd.EINVAL, "offset and length of a flush are not 0"),
    UNALIGNED(Nbd.EINVAL, "offset or length is not a multiple of the minimum block size"),
    BEYOND_END(Nbd.EINVAL, "the range ends behind the end of the export"),
    WRITE_BEYOND_END(Nbd.ENOSPC, "the range ends behind the end of the export"),
    PAYLOAD_TOO_LONG(Nbd.EINVAL, "the payload is longer than the maximum"),
    READ_TOO_LONG(Nbd.EOVERFLOW, "the read is longer than the maximum"),
    FRAGMENTED(Nbd.EOVERFLOW, "the read is too long for a single chunk"),
    NO_CONTEXT(Nbd.EINVAL, "no metadata context was selected"),
    NOT_FAST(Nbd.ENOTSUP, "zeroing may be no faster than writing"),
    DEVICE_ERROR(Nbd.EIO, "the device reported an error"),
    DEVICE_GONE(Nbd.EIO, "the device is gone"),
    TIMED_OUT(Nbd.EIO, "the device did not answer in time"),
    PEER_LOST(Nbd.EIO, "the other side of the pair did not answer"),
    NO_SPACE(Nbd.ENOSPC, "no space is left on the device"),
    READ_ONLY(Nbd.EPERM, "the device does not take writes"),
    INVALID(Nbd.EINVAL, "the volume refused the request as invalid"),
    NOT_SUPPORTED(Nbd.ENOTSUP, "the volume does not support the request"),
    NOT_READY(Nbd.EIO, "the volume does not serve clients"),
    INTERNAL(Nbd.EIO, "the replication failed"),
    STOPPING(Nbd.ESHUTDOWN, "the node is stopping");

    private final int error;
    private final byte[] message;

    Failure(final int error, final String message) {
        this.error = error;
        this.message = message.getBytes(StandardCharsets.US_ASCII);
    }

    /** The error number that stands on the wire. */
    int error() {
        return error;
    }

    byte[] message() {
        return message;
    }

    String text() {
        return new String(message, StandardCharsets.US_ASCII);
    }

    /** @return {@code null} for {@link Status#OK}. */
    static Failure of(final Status status) {
        switch (status) {
            case OK:
                return null;
            case IO_ERROR:
                return DEVICE_ERROR;
            case NO_SPACE:
                return NO_SPACE;
            case READ_ONLY:
                return READ_ONLY;
            case DEVICE_GONE:
                return DEVICE_GONE;
            case OUT_OF_RANGE:
                return BEYOND_END;
            case INVALID:
                return INVALID;
            case NOT_SUPPORTED:
                return NOT_SUPPORTED;
            case TIMED_OUT:
                return TIMED_OUT;
            case PEER_LOST:
                return PEER_LOST;
            case STOPPING:
                return STOPPING;
            case NOT_READY:
                return NOT_READY;
            default:
                return INTERNAL;
        }
    }
}
