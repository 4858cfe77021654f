package io.twintrack.engine.frame;

/** Bits of a frame's flags field. */
public final class FrameFlag {
    /** On stable storage before it is answered (FUA). */
    public static final short DURABLE = 1;
    /** The room of a zeroed range may be given back (TRIM). */
    public static final short DEALLOCATE = 2;
    /** Not the first time that this frame is sent. */
    public static final short RESENT = 4;
    /** A write is answered twice: with {@link Outcome#HELD} as soon as its bytes are in memory, and when it is done. */
    public static final short SAY_HELD = 8;

    private FrameFlag() {
    }

    public static boolean isSet(final short flags, final short flag) {
        return (flags & flag) != 0;
    }
}
