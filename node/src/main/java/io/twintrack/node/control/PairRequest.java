package io.twintrack.node.control;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.engine.pair.Role;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.ResyncConfig;

/**
 * A pair that is asked for.
 *
 * @param remoteVolume of the peer's node.
 * @param role         of this side.
 * @param track        in bytes.
 * @param resync       of this side, which has a say while it is the primary.
 */
record PairRequest(
    String name, String volume, String peer, String remoteVolume, Role role, Mode mode, int track,
    ResyncConfig resync) {
    private static final long LONGEST_TRACK = 1 << 20;

    static PairRequest of(final Fields fields) {
        final String volume = fields.requiredName("volume");
        final long track = fields.bytes(
            "trackBytes", PairConfig.DEFAULT_TRACK, PairConfig.DEFAULT_TRACK, PairConfig.DEFAULT_TRACK);
        final PairRequest request = new PairRequest(
            fields.name("name", volume), volume, fields.requiredName("peer"), fields.name("remoteVolume", volume),
            fields.word("role", Role.class, Role.PRIMARY), fields.word("mode", Mode.class, Mode.DISK),
            checkedTrack("\"trackBytes\"", track), resync(fields));
        fields.end();
        return request;
    }

    /** This side's part of a pair that a peer establishes. */
    static PairRequest redundant(final PairOffer offer, final String peer) {
        final String name = Fields.checkedName(NodeRule.PAIR_FIELDS, "the pair's name", offer.pair());
        return new PairRequest(name, offer.volume(), peer, "", Role.REDUNDANT,
            offer.mode(), checkedTrack("the track size", offer.trackSize()), ResyncConfig.UNLIMITED);
    }

    private static ResyncConfig resync(final Fields fields) {
        final long floor = fields.bytes("resyncFloorBytes", 0, 1, 0);
        final long ceiling = fields.bytes("resyncCeilingBytes", ResyncConfig.SLOWEST, 1, Long.MAX_VALUE);
        if (floor > ceiling || floor > ResyncConfig.FASTEST) {
            throw Refusal.malformed(NodeRule.PAIR_RATES,
                "\"resyncFloorBytes\" must be at most the ceiling, and at most "
                + ResyncConfig.FASTEST);
        }
        return new ResyncConfig(floor, ceiling);
    }

    private static int checkedTrack(final String what, final long track) {
        if (Long.bitCount(track) != 1 || track < PairConfig.DEFAULT_TRACK || track > LONGEST_TRACK) {
            throw Refusal.malformed(NodeRule.PAIR_TRACK,
                what + " must be a power of two from 4096 to " + LONGEST_TRACK);
        }
        return (int) track;
    }

    PairConfig pair() {
        return new PairConfig(name, volume, Pairs.configured(role), peer, mode, track,
            role == Role.PRIMARY ? remoteVolume : "", resync);
    }
}
