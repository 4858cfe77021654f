package io.twintrack.sata;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Commands through the asynchronous interface of /dev/sgN: write(2) starts one, read(2) takes an end, poll(2) tells
 * that there is one. No other thread is needed. The system takes {@link #PER_FILE} commands from one open file, so a
 * queue of 32 takes two.
 */
final class SgPort implements CommandPort {
    /** SG_MAX_QUEUE. */
    static final int PER_FILE = 16;

    private final CommandTable table;
    private final String path;
    private final int[] fds;
    private final int[] perFile;
    private final long reply = Libc.mapPages(4096);
    private final SgHeaderV3 header = new SgHeaderV3().wrap(new UnsafeBuffer(reply, SgHeaderV3.LENGTH), 0);
    private int inFlight;
    private int next;

    private SgPort(final CommandTable table, final String path, final int[] fds) {
        this.table = table;
        this.path = path;
        this.fds = fds;
        perFile = new int[fds.length];
    }

    /** @throws SataException when it cannot be opened. */
    static SgPort open(final CommandTable table, final String path) {
        final int[] fds = new int[(table.capacity() + PER_FILE - 1) / PER_FILE];
        for (int i = 0; i < fds.length; i++) {
            try {
                fds[i] = OpenFile.open(path, Libc.O_RDWR | Libc.O_NONBLOCK);
            } catch (final SataException e) {
                for (int opened = 0; opened < i; opened++) {
                    Libc.close(fds[opened]);
                }
                throw e;
            }
        }
        return new SgPort(table, path, fds);
    }

    @Override
    public int start(final int cell) {
        final int file = leastUsed();
        if (perFile[file] == PER_FILE) {
            return FULL;
        }
        final long written = Libc.write(fds[file], table.headerAddress(cell), SgHeaderV3.LENGTH);
        if (written != SgHeaderV3.LENGTH) {
            final int errno = written < 0 ? Libc.errno() : Libc.EIO;
            final boolean full = errno == Libc.EDOM || errno == Libc.EAGAIN || errno == Libc.EINTR;
            return full && inFlight > 0 ? FULL : errno;
        }
        perFile[file]++;
        inFlight++;
        return 0;
    }

    private int leastUsed() {
        int least = next;
        for (int i = 0; i < fds.length; i++) {
            if (perFile[i] < perFile[least]) {
                least = i;
            }
        }
        next = least + 1 == fds.length ? 0 : least + 1;
        return least;
    }

    @Override
    public int poll(final Listener listener) {
        if (inFlight == 0) {
            return 0;
        }
        int ends = 0;
        for (int file = 0; file < fds.length; file++) {
            while (perFile[file] > 0 && Libc.read(fds[file], reply, SgHeaderV3.LENGTH) >= 0) {
                final int cell = (int) header.user();
                table.takeHeader(cell, reply);
                perFile[file]--;
                inFlight--;
                ends++;
                listener.onEnd(cell);
            }
        }
        return ends;
    }

    @Override
    public boolean isCopying() {
        return true;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int watchCount() {
        return fds.length;
    }

    @Override
    public int watch(final int index) {
        return fds[index];
    }

    @Override
    public String describe() {
        return path + " asynchronously, " + fds.length + (fds.length == 1 ? " file" : " files");
    }

    @Override
    public void close() {
        for (final int fd : fds) {
            Libc.close(fd);
        }
        Libc.munmap(reply, 4096);
    }
}
