package io.twintrack.engine.pair;

/**
 * Which side of a pair clients use.
 * The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum Role {
    PRIMARY(1),
    REDUNDANT(2);

    private static final Role[] ALL = values();

    private final int code;

    Role(final int code) {
        this.code = code;
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static Role of(final int code) {
        for (final Role one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
