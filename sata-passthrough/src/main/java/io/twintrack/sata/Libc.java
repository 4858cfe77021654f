package io.twintrack.sata;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library's functions, mapped directly by JNA with longs only, which is the mapping that allocates nothing. A
 * function that returns {@code int} leaves the upper half of its register undefined, so its result is narrowed where it
 * is used. On failure the result is -1 and {@link #errno()} tells why.
 *
 * <p>{@code open} and {@code ioctl} are variadic in C and have a fixed arity here: on Linux that is the same call, on
 * x86-64 and on aarch64.
 */
final class Libc {
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EINTR = 4;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EPERM = 1;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOTTY = 25;
    static final int EDOM = 33;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_POPULATE = 0x22 | 0x8000;

    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {
    }

    static int errno() {
        return Native.getLastError();
    }

    /** @param errno positive. @return the C library's text and the number. Allocates. */
    static String text(final int errno) {
        final long text = strerror(errno);
        return (text == 0 ? "error" : new Pointer(text).getString(0)) + " (errno " + errno + ")";
    }

    /** Pages that stay where they are, zeroed. @throws IllegalStateException when there is no memory. */
    static long mapPages(final long length) {
        final long address = mmap(0, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_POPULATE, -1, 0);
        if (address == -1) {
            throw new IllegalStateException("mmap of " + length + " bytes: " + text(errno()));
        }
        return address;
    }

    static native long strerror(long errno);

    static native long mmap(long address, long length, long protection, long flags, long fd, long offset);

    static native long munmap(long address, long length);

    static native long open(byte[] path, long flags, long mode);

    static native long close(long fd);

    static native long read(long fd, long address, long length);

    static native long write(long fd, long address, long length);

    static native long ioctl(long fd, long request, long argument);
}
