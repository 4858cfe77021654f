package io.twintrack.transport.relay;

/** What a {@link DatagramRelay} did to a datagram. One datagram may meet several. */
public enum Effect {
    RECEIVED, SENT, DROPPED, FILTERED, CUT, REPEATED, DELAYED, QUEUED, REORDERED, HEADER_CORRUPTED,
    PAYLOAD_CORRUPTED, CORRUPTED, TRUNCATED, OVERFLOWED, UNDELIVERED
}
