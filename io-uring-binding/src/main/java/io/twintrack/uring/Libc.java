package io.twintrack.uring;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The C library's functions, mapped directly by JNA: every argument and result is a {@code long}, because that is the
 * mapping that allocates nothing. A function that returns {@code int} leaves the upper half of its register undefined,
 * so its result is narrowed where it is used. On failure the result is -1 and {@link #errno()} tells why.
 *
 * <p>{@code syscall}, {@code open}, {@code fcntl} and {@code ioctl} are variadic in C and have a fixed arity here. On
 * Linux that is the same call: x86-64 passes both kinds in the same registers (a variadic callee may look at AL, the
 * number of vector registers, which counts for floating point only), and so does aarch64 (AAPCS64; only Apple's
 * variant differs). No call has more than seven arguments; glibc takes the seventh of {@code syscall} from the stack on
 * x86-64, as any fixed function would, and from x6 on aarch64.
 */
final class Libc {
    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {
    }

    static int errno() {
        return Native.getLastError();
    }

    static native long strerror(long errno);

    static native long syscall(long number, long a, long b);

    static native long syscall(long number, long a, long b, long c, long d);

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    static native long mmap(long address, long length, long protection, long flags, long fd, long offset);

    static native long munmap(long address, long length);

    static native long open(byte[] path, long flags, long mode);

    static native long close(long fd);

    static native long read(long fd, long address, long length);

    static native long write(long fd, long address, long length);

    static native long pread(long fd, long address, long length, long offset);

    static native long pwrite(long fd, long address, long length, long offset);

    static native long preadv2(long fd, long iovec, long count, long offset, long flags);

    static native long pwritev2(long fd, long iovec, long count, long offset, long flags);

    static native long fsync(long fd);

    static native long fdatasync(long fd);

    static native long fallocate(long fd, long mode, long offset, long length);

    static native long fcntl(long fd, long command, long argument);

    static native long ioctl(long fd, long request, long argument);

    static native long statx(long directory, byte[] path, long flags, long mask, long address);

    static native long eventfd(long initial, long flags);

    static native long poll(long pollfds, long count, long timeoutMs);

    static native long socket(long domain, long type, long protocol);

    static native long bind(long fd, long address, long length);

    static native long listen(long fd, long backlog);

    static native long connect(long fd, long address, long length);

    static native long accept4(long fd, long address, long lengthAddress, long flags);

    static native long setsockopt(long fd, long level, long name, long valueAddress, long length);

    static native long getsockname(long fd, long address, long lengthAddress);

    static native long shutdown(long fd, long how);

    static native long recv(long fd, long address, long length, long flags);

    static native long send(long fd, long address, long length, long flags);

    static native long recvmsg(long fd, long msghdr, long flags);

    static native long sendmsg(long fd, long msghdr, long flags);
}
