package io.twintrack.engine.pair;

/**
 * Why a pair was severed, which says how it may come back.
 * The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum SeveredBy {
    /** It is not. */
    NONE(0),
    /** By an operator: only an operator re-establishes it. */
    COMMAND(1),
    /** The other side did not answer within all tries: it comes back by itself. */
    RETRIES(2),
    /** By an error that needs a person. */
    ERROR(3);

    private static final SeveredBy[] ALL = values();

    private final int code;

    SeveredBy(final int code) {
        this.code = code;
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static SeveredBy of(final int code) {
        for (final SeveredBy one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
