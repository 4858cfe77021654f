package io.twintrack.engine.pair;

/** Which side of a pair this is. */
public enum Role {
    /** Clients use it. */
    PRIMARY(0),
    /** It receives the copies. */
    REDUNDANT(1);

    private final int code;

    Role(final int code) {
        this.code = code;
    }

    /** As it stands on disk and on the wire: never renumbered. */
    public int code() {
        return code;
    }
}
