package io.twintrack.sata;

/** A disk cannot be used; the message names its path and the reason. */
public final class SataException extends RuntimeException {
    private final int errno;

    SataException(final String message, final int errno) {
        super(message);
        this.errno = errno;
    }

    /** The system's error number, or 0 when it was not the system that refused. */
    public int errno() {
        return errno;
    }
}
