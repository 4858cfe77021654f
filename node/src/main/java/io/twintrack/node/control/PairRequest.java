package io.twintrack.node.control;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Role;
import io.twintrack.node.config.PairConfig;

/**
 * A pair that is asked for.
 *
 * @param remoteVolume of the peer's node.
 * @param role         of this side.
 * @param track        in bytes.
 */
record PairRequest(String name, String volume, String peer, String remoteVolume, Role role, Mode mode, int track) {
    private static final long LONGEST_TRACK = 1 << 20;

    static PairRequest of(final Fields fields) {
        final String volume = fields.requiredName("volume");
        final long track = fields.bytes(
            "trackBytes", PairConfig.DEFAULT_TRACK, PairConfig.DEFAULT_TRACK, PairConfig.DEFAULT_TRACK);
        final PairRequest request = new PairRequest(
            fields.name("name", volume), volume, fields.requiredName("peer"), fields.name("remoteVolume", volume),
            fields.word("role", Role.class, Role.PRIMARY), fields.word("mode", Mode.class, Mode.DISK),
            (int) Math.min(track, Integer.MAX_VALUE));
        fields.end();
        if (Long.bitCount(track) != 1 || track > LONGEST_TRACK) {
            throw Refusal.malformed("\"trackBytes\" must be a power of two from 4096 to " + LONGEST_TRACK);
        }
        return request;
    }

    /** This side's part of a pair that a peer establishes. */
    static PairRequest redundant(final String name, final String volume, final String peer) {
        return new PairRequest(name, volume, peer, volume, Role.REDUNDANT, Mode.DISK, PairConfig.DEFAULT_TRACK);
    }

    PairConfig pair() {
        return new PairConfig(name, volume, Pairs.configured(role), peer, mode, track);
    }
}
