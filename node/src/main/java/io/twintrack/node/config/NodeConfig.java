package io.twintrack.node.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What one node runs, checked and with all defaults filled in.
 *
 * @param iqn      the node's iSCSI name.
 * @param metadata the folder in which the node keeps what must outlive it.
 * @param control  the path of the Unix socket on which commands arrive.
 * @param fence    {@code null} when no program fences a peer.
 */
public record NodeConfig(
    String iqn, Path metadata, Path control, AlertConfig alerts, HookConfig fence, List<HbaConfig> hbas) {
    public NodeConfig {
        hbas = List.copyOf(hbas);
    }

    /** The same node with other HBAs. */
    public NodeConfig withHbas(final List<HbaConfig> others) {
        return new NodeConfig(iqn, metadata, control, alerts, fence, others);
    }

    /** The same node with every NBD server that listens on TCP moved to this end point. */
    public NodeConfig withNbd(final Endpoint endpoint) {
        return withHbas(hbas.stream().map(hba -> hba.withNbd(endpoint)).toList());
    }
}
