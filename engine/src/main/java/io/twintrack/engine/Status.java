package io.twintrack.engine;

/**
 * How an operation ended: on a device, on the wire, and towards a client. The codes travel in replies, so they are
 * never renumbered.
 */
public enum Status {
    OK(0, Nature.NONE),
    /** The device reported an error for this range (EIO, UNC, ...). */
    IO_ERROR(1, Nature.OPERATOR),
    /** No room on the device or in the file system below it (ENOSPC, EDQUOT). */
    NO_SPACE(2, Nature.OPERATOR),
    /** The device or its file does not take writes (EROFS, EPERM, EACCES). */
    READ_ONLY(3, Nature.OPERATOR),
    /** The device went away (ENODEV, ENXIO, ENOMEDIUM). */
    DEVICE_GONE(4, Nature.OPERATOR),
    /** Offset and length do not lie within the volume. */
    OUT_OF_RANGE(5, Nature.OPERATOR),
    /** Offset or length is not a multiple of the sector size, or a field has no meaning. */
    INVALID(6, Nature.OPERATOR),
    NOT_SUPPORTED(7, Nature.OPERATOR),
    /** The device did not answer in time. */
    TIMED_OUT(8, Nature.TRANSIENT),
    /** The other side did not answer within all tries. */
    PEER_LOST(9, Nature.OPERATOR),
    /** The node is stopping. */
    STOPPING(10, Nature.TRANSIENT),
    /** A checksum did not match: sent again. */
    CHECKSUM(11, Nature.TRANSIENT),
    /** Nothing free to take the frame now: sent again later. */
    BUSY(12, Nature.TRANSIENT),
    SIZE_MISMATCH(13, Nature.OPERATOR),
    UNKNOWN_VOLUME(14, Nature.OPERATOR),
    /** The frame belongs to a session that is over. */
    STALE_SESSION(15, Nature.TRANSIENT),
    UNKNOWN_NODE(16, Nature.OPERATOR),
    PROTOCOL_VERSION(17, Nature.OPERATOR),
    /** The volume does not serve clients yet: nobody decided yet which side of its pair has the data. */
    NOT_READY(18, Nature.TRANSIENT),
    /** The target's disk has coarser sectors than the volume that it should keep a copy of. */
    SECTOR_MISMATCH(19, Nature.OPERATOR),
    /** The pair was not attached in this session. */
    NOT_ATTACHED(20, Nature.TRANSIENT),
    /** The other side does not have the key, or answered to another question. */
    AUTHENTICATION(21, Nature.OPERATOR),
    /** Both sides answered, and their bytes are not the same. */
    DIFFERENT(22, Nature.OPERATOR),
    /** The disk is not the one that this side's record belongs to. */
    FOREIGN_DISK(23, Nature.OPERATOR);

    /** What helps: nothing is needed, trying again, or a person. */
    public enum Nature {
        NONE, TRANSIENT, OPERATOR
    }

    private static final Status[] BY_CODE = values();

    private final int code;
    private final Nature nature;

    Status(final int code, final Nature nature) {
        this.code = code;
        this.nature = nature;
    }

    /** The number that stands on the wire, 0 to 255. */
    public int code() {
        return code;
    }

    public Nature nature() {
        return nature;
    }

    /** @return the status with this code, or {@link #INVALID} for a code that this version does not know. */
    public static Status of(final int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : INVALID;
    }
}
