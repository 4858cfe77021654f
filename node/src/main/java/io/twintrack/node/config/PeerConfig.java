package io.twintrack.node.config;

import java.nio.file.Path;

/**
 * The HBA at the other end of a link.
 *
 * @param iqn            the name of its node.
 * @param keyFile        with the key that both nodes share; see {@link KeyFile}.
 * @param listen         where this side receives (UDP).
 * @param address        where the peer receives (UDP).
 * @param mtu            in bytes: the longest datagram, without IP and UDP headers.
 * @param window         how much the peer may send ahead of this side, in bytes.
 * @param termLength     of the data stream, in bytes, a power of two, at least two windows.
 * @param roundTripNs    the longest expected; repairs of lost datagrams are timed by it.
 * @param replyTimeoutNs how long a frame's reply may take before the frame is sent again.
 * @param tries          how often a frame is sent before the peer counts as lost.
 */
public record PeerConfig(
    String name,
    String iqn,
    Path keyFile,
    Endpoint listen,
    Endpoint address,
    int mtu,
    int window,
    int termLength,
    long roundTripNs,
    long replyTimeoutNs,
    int tries) {
}
