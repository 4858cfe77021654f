package io.twintrack.uring;

/** The system gives no io_uring: an old kernel, kernel.io_uring_disabled, or a container's seccomp filter. */
public final class IoUringUnavailable extends Exception {
    private final int errno;

    IoUringUnavailable(final String reason, final int errno) {
        super(reason);
        this.errno = errno;
    }

    /** The error number of io_uring_setup(2), or 0 when it was not that call that failed. */
    public int errno() {
        return errno;
    }
}
