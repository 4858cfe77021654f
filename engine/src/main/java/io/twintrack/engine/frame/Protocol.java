package io.twintrack.engine.frame;

/** Numbers that both ends of the wire must agree on. */
public final class Protocol {
    /** Goes up with every change that an older node would misread. */
    public static final int VERSION = 3;

    /**
     * Frames that may be unanswered at a time in a session. The origin sends nothing at or beyond floor + WINDOW, so
     * the target can tell any frame it ever carried out from a new one with a table of this many entries.
     */
    public static final int WINDOW = 4096;

    /** Longest write or comparison in bytes; a target has slots of at least the length that HELLO names. */
    public static final int MAX_SLOT_LENGTH = 1 << 20;

    /** Bytes in the name of a node or a pair. */
    public static final int MAX_NAME_LENGTH = 223;

    /** Bytes in the name of a volume that a pair is offered for: both names fit the smallest frame. */
    public static final int MAX_VOLUME_NAME_LENGTH = 64;

    /** Volumes that one session can bind. */
    public static final int MAX_VOLUMES = 64;

    private Protocol() {
    }
}
