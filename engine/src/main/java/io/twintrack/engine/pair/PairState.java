package io.twintrack.engine.pair;

/**
 * Where a pair stands, seen from one node.
 * The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum PairState {
    /** No session with the other node. */
    CONNECTING(1),
    /** A session; both sides compare what they hold durably. */
    HANDSHAKING(2),
    /** Everything is compared, what differs is copied. */
    FULL_SYNC(3),
    /** Marked tracks are copied. */
    DELTA_SYNC(4),
    /** Both sides are equal, but for writes in flight. */
    UP_TO_DATE(5),
    /** The primary goes on alone. */
    SEVERED(6),
    /** Both sides went on alone; a person chooses whose changes are kept. */
    DIVERGED(7);

    private static final PairState[] ALL = values();

    private final int code;

    PairState(final int code) {
        this.code = code;
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static PairState of(final int code) {
        for (final PairState one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
