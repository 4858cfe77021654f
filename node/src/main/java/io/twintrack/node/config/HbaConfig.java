package io.twintrack.node.config;

import java.util.List;
import java.util.NoSuchElementException;

/**
 * One HBA: a thread with memory, a ring and disks of its own.
 *
 * @param ringDepth entries in the submission queue of its io_uring.
 * @param activeRegions of each pair, of 4 MiB, that clients may write to without waiting for a mark.
 * @param diskHealth for its disks of type sata.
 * @param nbd       {@code null} when it exports nothing.
 */
public record HbaConfig(
    String name,
    MemoryConfig memory,
    int ringDepth,
    IdleConfig idle,
    int activeRegions,
    DiskHealthConfig diskHealth,
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
    public PeerConfig peer(final String peerName) {
        return peers.stream().filter(peer -> peer.name().equals(peerName)).findFirst().orElseThrow();
    }

    /** @throws NoSuchElementException for a name that the configuration does not have. */
    public VolumeConfig volume(final String volumeName) {
        return volumes.stream().filter(volume -> volume.name().equals(volumeName)).findFirst().orElseThrow();
    }

    /** After this time, in nanoseconds, a request has its peer's answer, or the peer counts as lost. */
    public long longestAnswerNs() {
        return peers.stream().mapToLong(peer -> peer.replyTimeoutNs() * peer.tries()).max().orElse(0);
    }

    /** The same HBA with other volumes and pairs, and the names of the pairs that it exports. */
    public HbaConfig with(
        final List<VolumeConfig> otherVolumes, final List<PairConfig> otherPairs, final NbdConfig otherNbd) {
        return new HbaConfig(
            name, memory, ringDepth, idle, activeRegions, diskHealth, peers, otherVolumes, otherPairs, otherNbd);
    }

    HbaConfig withNbd(final Endpoint endpoint) {
        final NbdConfig moved = nbd == null ? null : nbd.withListen(endpoint);
        return with(volumes, pairs, moved);
    }
}
