package io.twintrack.node.config;

import java.util.List;
import java.util.NoSuchElementException;

/**
 * One HBA: a thread with memory, a ring and disks of its own.
 *
 * @param ringDepth entries in the submission queue of its io_uring.
 * @param nbd       {@code null} when it exports nothing.
 */
public record HbaConfig(
    String name,
    MemoryConfig memory,
    int ringDepth,
    IdleConfig idle,
    List<PeerConfig> peers,
    List<VolumeConfig> volumes,
    List<PairConfig> pairs,
    NbdConfig nbd) {

    public HbaConfig {
        peers = List.copyOf(peers);
        volumes = List.copyOf(volumes);
        pairs = List.copyOf(pairs);
    }

    /** @throws NoSuchElementException for a name that the configuration does not have. */
    public VolumeConfig volume(final String volumeName) {
        return volumes.stream().filter(volume -> volume.name().equals(volumeName)).findFirst().orElseThrow();
    }

    HbaConfig withNbd(final Endpoint endpoint) {
        final NbdConfig moved = nbd == null ? null : nbd.withListen(endpoint);
        return new HbaConfig(name, memory, ringDepth, idle, peers, volumes, pairs, moved);
    }
}
