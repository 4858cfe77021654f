package io.twintrack.node.config;

import java.util.List;

/**
 * What one node runs, checked and with all defaults filled in.
 *
 * @param iqn the node's iSCSI name.
 */
public record NodeConfig(String iqn, List<HbaConfig> hbas) {
    public NodeConfig {
        hbas = List.copyOf(hbas);
    }

    /** The same node with every NBD server that listens on TCP moved to this end point. */
    public NodeConfig withNbd(final Endpoint endpoint) {
        return new NodeConfig(iqn, hbas.stream().map(hba -> hba.withNbd(endpoint)).toList());
    }
}
