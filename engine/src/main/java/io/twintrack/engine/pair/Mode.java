package io.twintrack.engine.pair;

/** When a write counts as done. */
public enum Mode {
    /** The disks of both sides have it. */
    DISK(0),
    /** This side's disk and the peer's memory have it. */
    MEMORY(1),
    /** This side's disk has it. */
    LOCAL(2);

    private final int code;

    Mode(final int code) {
        this.code = code;
    }

    /** As it stands on disk and on the wire: never renumbered. */
    public int code() {
        return code;
    }
}
