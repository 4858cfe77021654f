package io.twintrack.engine.pair;

/**
 * How much one side's bytes are worth: durable, on both sides, for itself and for the other.
 * The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum SideState {
    /** Between two data sets: a resync into it began and did not end. */
    INCONSISTENT(1),
    /** One data set, but nobody knows whether it is the newest: the other side may have gone on. */
    CONSISTENT(2),
    /** One data set, known to be older than the other side's. */
    OUTDATED(3),
    /** The current generation, but for writes in flight. */
    UP_TO_DATE(4),
    /** Its disk failed. */
    FAILED(5);

    private static final SideState[] ALL = values();

    private final int code;

    SideState(final int code) {
        this.code = code;
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static SideState of(final int code) {
        for (final SideState one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
