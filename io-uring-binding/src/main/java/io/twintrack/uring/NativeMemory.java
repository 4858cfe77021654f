package io.twintrack.uring;

import org.agrona.UnsafeApi;

/**
 * Anonymous memory outside the heap, page-aligned and zeroed (mmap(2)). It stays where it is, so its addresses can be
 * given to the kernel. Any thread may use it; whoever mapped it closes it, after the last operation on it completed.
 */
public final class NativeMemory implements AutoCloseable {
    static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MAP_NORESERVE = 0x4000;

    private final long length;
    private long address;

    private NativeMemory(final long address, final long length) {
        this.address = address;
        this.length = length;
    }

    /** @param length in bytes, from 1; rounded up to pages. All pages are in memory when it returns. */
    public static NativeMemory map(final long length) {
        return map(length, MAP_PRIVATE_ANONYMOUS | MAP_POPULATE, -1, 0);
    }

    /** @param length in bytes, from 1; rounded up to pages. A page takes memory once it was touched. */
    public static NativeMemory reserve(final long length) {
        return map(length, MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }

    static NativeMemory mapRing(final int fd, final long length, final long offset) {
        return map(length, MAP_SHARED | MAP_POPULATE, fd, offset);
    }

    private static NativeMemory map(final long length, final int flags, final int fd, final long offset) {
        if (length < 1) {
            throw new IllegalArgumentException("length " + length);
        }
        final long rounded = (length + PAGE - 1) & -PAGE;
        final long address = Libc.mmap(0, rounded, PROT_READ_WRITE, flags, fd, offset);
        if (address == -1) {
            throw new IllegalStateException("mmap of " + rounded + " bytes: " + Errno.text(Libc.errno()));
        }
        return new NativeMemory(address, rounded);
    }

    public long address() {
        if (address == 0) {
            throw new IllegalStateException("closed");
        }
        return address;
    }

    /** In bytes, a multiple of the page. */
    public long length() {
        return length;
    }

    public void fill(final byte value) {
        UnsafeApi.setMemory(address(), length, value);
    }

    @Override
    public void close() {
        if (address != 0) {
            Libc.munmap(address, length);
            address = 0;
        }
    }
}
