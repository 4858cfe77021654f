package io.twintrack.engine.frame;

/** What a frame asks for. The codes travel on the wire and are never renumbered. */
public enum Operation {
    /** Asks for a session: names both nodes. */
    HELLO(1),
    WRITE(2),
    /** Everything answered before is on stable storage when it is answered. */
    FLUSH(3),
    /** The range reads as zeros afterwards; with {@link FrameFlag#DEALLOCATE} the room may be given back. */
    ZERO(4),
    /** Hash the range and say whether it equals the hash in the frame. */
    COMPARE(5),
    /** Asks for nothing but a reply. */
    HEARTBEAT(6),
    /** An error reply arrived and was reported; it gets no reply itself. */
    ERROR_ACK(7),
    /** Binds a pair to short ids for this session; both sides report on their copy. */
    ATTACH(8),
    /** The reply carries bytes of the volume. */
    READ(9),
    /** The reply carries the target's marks: which tracks may differ. */
    TRACKS(10),
    /** The target records something durably before it answers. */
    ORDER(11),
    /** The origin shows that it holds the shared key, and that the session may be opened. */
    PROOF(12);

    private static final Operation[] BY_CODE = new Operation[13];

    static {
        for (final Operation operation : values()) {
            BY_CODE[operation.code] = operation;
        }
    }

    private final short code;

    Operation(final int code) {
        this.code = (short) code;
    }

    public short code() {
        return code;
    }

    /** Its frame carries a payload, and that of the others none. */
    public boolean hasPayload() {
        return isHandshake() || this == WRITE || this == ATTACH || this == ORDER;
    }

    /** It opens a session, and so belongs to none. */
    public boolean isHandshake() {
        return this == HELLO || this == PROOF;
    }

    /** Its reply carries what is looked up each time that it is asked for: it changes nothing. */
    public boolean isQuestion() {
        return this == READ || this == TRACKS;
    }

    /** @return the operation, or {@code null} for a code that has none. */
    public static Operation of(final int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
