package io.twintrack.node.config;

/**
 * The HBA at the other end of a link.
 *
 * @param iqn            the name of its node.
 * @param listen         where this side receives (UDP).
 * @param address        where the peer receives (UDP).
 * @param mtu            in bytes: the longest datagram, without IP and UDP headers.
 * @param termLength     of the data stream, in bytes, a power of two.
 * @param replyTimeoutNs how long a frame's reply may take before the frame is sent again.
 * @param tries          how often a frame is sent before the peer counts as lost.
 */
public record PeerConfig(
    String name,
    String iqn,
    Endpoint listen,
    Endpoint address,
    int mtu,
    int termLength,
    long replyTimeoutNs,
    int tries) {
}
