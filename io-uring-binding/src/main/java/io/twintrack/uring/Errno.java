package io.twintrack.uring;

import com.sun.jna.Pointer;
import io.twintrack.engine.Status;

/** Linux error numbers (asm-generic/errno.h; the same on x86-64 and aarch64) and what they mean for a disk. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ENOSYS = 38;
    public static final int ETIME = 62;
    public static final int EOPNOTSUPP = 95;
    public static final int ETIMEDOUT = 110;
    public static final int EDQUOT = 122;
    public static final int ENOMEDIUM = 123;
    public static final int ECANCELED = 125;

    private Errno() {
    }

    /** @param errno positive. @return the C library's text and the number. Allocates. */
    public static String text(final int errno) {
        final long text = Libc.strerror(errno);
        return (text == 0 ? "error" : new Pointer(text).getString(0)) + " (errno " + errno + ")";
    }

    /** @param errno positive, as a device or its file system reported it. */
    static Status status(final int errno) {
        return switch (errno) {
            case ENOSPC, EDQUOT, EFBIG -> Status.NO_SPACE;
            case EROFS, EPERM, EACCES, EBADF -> Status.READ_ONLY;
            case ENODEV, ENXIO, ENOMEDIUM -> Status.DEVICE_GONE;
            case EINVAL -> Status.INVALID;
            case EOPNOTSUPP, ENOSYS -> Status.NOT_SUPPORTED;
            case ETIME, ETIMEDOUT -> Status.TIMED_OUT;
            default -> Status.IO_ERROR;
        };
    }
}
