package io.twintrack.engine.pair;

/** Who severed a pair. */
public enum SeveredBy {
    /** It is not severed. */
    NONE(0),
    /** A person: only a person re-establishes it. */
    COMMAND(1),
    /** The peer did not answer: it heals when the peer is back. */
    RETRIES(2),
    /** An error that needs a person. */
    ERROR(3);

    private final int code;

    SeveredBy(final int code) {
        this.code = code;
    }

    /** As it stands on disk and on the wire: never renumbered. */
    public int code() {
        return code;
    }
}
