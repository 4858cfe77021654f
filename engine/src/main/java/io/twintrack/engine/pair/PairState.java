package io.twintrack.engine.pair;

/** Where a pair stands. */
public enum PairState {
    /** No session with the peer. */
    CONNECTING(0),
    /** A session is open; both sides tell what they have. */
    HANDSHAKING(1),
    /** Everything is compared and what differs is copied. */
    FULL_SYNC(2),
    /** The changed tracks are copied. */
    DELTA_SYNC(3),
    /** Both sides are equal, but for writes in flight. */
    UP_TO_DATE(4),
    /** One side goes on alone. */
    SEVERED(5),
    /** Both sides went on alone: a person must choose. */
    DIVERGED(6);

    private final int code;

    PairState(final int code) {
        this.code = code;
    }

    /** As it stands on disk and on the wire: never renumbered. */
    public int code() {
        return code;
    }
}
