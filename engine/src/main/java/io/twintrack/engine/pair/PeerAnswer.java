package io.twintrack.engine.pair;

import io.twintrack.engine.Status;

/** Which rule the other side kept when it did not take the pair, by what it answered. */
final class PeerAnswer {
    private PeerAnswer() {
    }

    /** @param later what is allowed where trying again helps. */
    static Rule rule(final Status answer, final Rule later) {
        return switch (answer) {
            case IO_ERROR, NO_SPACE, READ_ONLY, DEVICE_GONE -> Refusal.PEER_DISK_FAILED;
            case SIZE_MISMATCH -> Refusal.SIZE_MISMATCH;
            case SECTOR_MISMATCH -> Refusal.SECTOR_MISMATCH;
            case UNKNOWN_VOLUME -> PairRule.PEER_KNOWS_PAIR;
            case UNKNOWN_NODE -> PairRule.NODE_NAMES;
            case AUTHENTICATION -> PairRule.ONE_KEY;
            case PROTOCOL_VERSION, INVALID, OUT_OF_RANGE, DIFFERENT -> PairRule.ONE_VERSION;
            case NOT_SUPPORTED -> PairRule.SLOTS;
            case FOREIGN_DISK -> PairRule.PEER_FOREIGN_DISK;
            case STOPPING -> PairRule.PEER_STOPS;
            case PEER_LOST -> PairRule.BOTH_THERE;
            case OK, TIMED_OUT, CHECKSUM, BUSY, STALE_SESSION, NOT_READY, NOT_ATTACHED -> later;
        };
    }
}
