package io.twintrack.transport.relay;

/** Which way a datagram goes through a {@link DatagramRelay}. */
public enum Direction {
    A_TO_B, B_TO_A
}
