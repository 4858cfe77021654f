package io.twintrack.engine.pair;

/**
 * When a write is answered; the mode belongs to the pair.
 * The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum Mode {
    /** When the devices of both sides completed it. */
    DISK(1),
    /** When the local device completed it and the other side holds it, verified, in memory. */
    MEMORY(2),
    /** When the local device completed it. */
    LOCAL(3);

    private static final Mode[] ALL = values();

    private final int code;

    Mode(final int code) {
        this.code = code;
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static Mode of(final int code) {
        for (final Mode one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
