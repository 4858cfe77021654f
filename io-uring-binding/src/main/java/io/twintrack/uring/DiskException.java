package io.twintrack.uring;

/** A disk cannot be opened; the message names its path and the reason. */
public final class DiskException extends RuntimeException {
    private final int errno;

    DiskException(final String message, final int errno) {
        super(message);
        this.errno = errno;
    }

    /** The system's error number, or 0 when it was not the system that refused. */
    public int errno() {
        return errno;
    }
}
