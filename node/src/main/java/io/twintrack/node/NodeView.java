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
 */
record NodeView(
    String node, String version, long pid, String started, String metadata, boolean serving, List<String> hbas) {
}
