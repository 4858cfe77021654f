package io.twintrack.node.config;

import io.twintrack.engine.pair.Mode;

/**
 * One side of a pair. Both sides give the pair the same name.
 *
 * @param volume of this HBA.
 * @param peer   of this HBA: where the other side is.
 * @param mode   when a write counts as done.
 * @param track  the unit in which changes are remembered, in bytes, a power of two; the same on both sides.
 * @param remoteVolume of the peer's node, which may put the pair on it when it does not know it; empty when the pair
 *                     stands in its file.
 * @param resync how fast both sides are brought together.
 */
public record PairConfig(
    String name, String volume, Role role, String peer, Mode mode, int track, String remoteVolume,
    ResyncConfig resync) {
    /** In bytes. */
    public static final int DEFAULT_TRACK = 4 << 10;

    public PairConfig {
        remoteVolume = remoteVolume == null ? "" : remoteVolume;
        resync = resync == null ? ResyncConfig.UNLIMITED : resync;
    }

    /** A pair that stands in the files of both nodes. */
    public PairConfig(
        final String name, final String volume, final Role role, final String peer, final Mode mode, final int track) {
        this(name, volume, role, peer, mode, track, "", ResyncConfig.UNLIMITED);
    }

    /** The origin's volume is the primary one, which clients use; the target's is the redundant one. */
    public enum Role {
        ORIGIN, TARGET
    }
}
