package io.twintrack.node;

import java.util.List;

/**
 * A node as it stands in JSON.
 *
 * @param node     its iSCSI name.
 * @param started  when it was, UTC.
 * @param metadata its folder.
 * @param serving  clients may use every volume that this node is origin of.
 * @param hbas     their names.
 * @param handshakesRefused sessions with peers that were refused, by this node or by the peer, since its start.
 */
record NodeView(
    String node, String version, long pid, String started, String metadata, boolean serving, List<String> hbas,
    long handshakesRefused) {
}
