package io.twintrack.uring;

import org.agrona.UnsafeApi;

/**
 * Wakes a thread that sleeps in {@link Ring#await(long)} (eventfd(2)): the sleeper has a {@link Ring#pollAdd} for
 * {@link Sockets#POLLIN} on {@link #fd()}, any other thread calls {@link #signal()}, the sleeper {@link #drain()}.
 */
public final class EventFd implements AutoCloseable {
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private final int fd;
    /* The first long is written by signals and stays 1; the second takes what drain reads. */
    private final NativeMemory memory = NativeMemory.map(16);

    private EventFd(final int fd) {
        this.fd = fd;
        UnsafeApi.putLong(memory.address(), 1);
    }

    public static EventFd open() {
        final int fd = (int) Libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
        if (fd < 0) {
            throw new IllegalStateException("eventfd: " + Errno.text(Libc.errno()));
        }
        return new EventFd(fd);
    }

    public int fd() {
        return fd;
    }

    /** Any thread. Signals add up until they are drained. */
    public void signal() {
        Libc.write(fd, memory.address(), 8);
    }

    /** The sleeper's thread. @return how many signals came since the last time. */
    public long drain() {
        return Libc.read(fd, memory.address() + 8, 8) == 8 ? UnsafeApi.getLong(memory.address() + 8) : 0;
    }

    @Override
    public void close() {
        Libc.close(fd);
        memory.close();
    }
}
