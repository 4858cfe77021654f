package io.twintrack.engine.pair;

/** What one side's data are worth. */
public enum SideState {
    /** In the middle of being filled: no use to anybody. */
    INCONSISTENT(0),
    /** The state of one moment, perhaps not the newest. */
    CONSISTENT(1),
    /** The state of one moment, known not to be the newest. */
    OUTDATED(2),
    /** The newest state. */
    UP_TO_DATE(3),
    /** Its disk failed. */
    FAILED(4);

    private final int code;

    SideState(final int code) {
        this.code = code;
    }

    /** As it stands on disk and on the wire: never renumbered. */
    public int code() {
        return code;
    }
}
