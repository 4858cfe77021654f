package io.twintrack.engine.frame;

/** What a reply says of its frame. The codes travel on the wire and are never renumbered. */
public enum Outcome {
    /** Received, checked and carried out. For COMPARE: the bytes are equal. */
    DONE(1),
    /** COMPARE: the bytes differ. */
    DIFFERENT(2),
    /** Not carried out; status and nature say why and what helps. */
    ERROR(3),
    /** Received earlier and still being carried out: keep waiting. */
    WORKING(4),
    /** PROOF: the session is open. */
    WELCOME(5),
    /** ATTACH: the pair is bound; the payload is the target's report. */
    ATTACHED(6),
    /** HELLO: the target shows in the payload that it holds the shared key, and asks the same of the origin. */
    CHALLENGE(7),
    /** WRITE: received, checked and held in memory, and will reach the disk though the session ends; DONE follows. */
    HELD(8);

    private static final Outcome[] BY_CODE = new Outcome[9];

    static {
        for (final Outcome outcome : values()) {
            BY_CODE[outcome.code] = outcome;
        }
    }

    private final short code;

    Outcome(final int code) {
        this.code = (short) code;
    }

    public short code() {
        return code;
    }

    /** @return the outcome, or {@code null} for a code that has none. */
    public static Outcome of(final int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
