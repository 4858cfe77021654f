package io.twintrack.uring;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open, locked regular file or block device, and what it asks of offsets and memory. One process owns it: a file by
 * an open-file-description lock on all of it (fcntl(2), F_OFD_SETLK; readers share it), a block device by O_EXCL.
 */
final class DiskFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskFile.class);
    private static final int O_RDWR = 2;
    private static final int O_EXCL = 0x80;
    private static final int O_CLOEXEC = 0x80000;
    /** The one number here that differs between the two architectures. */
    private static final int O_DIRECT = "aarch64".equals(System.getProperty("os.arch")) ? 0x10000 : 0x4000;
    private static final int F_OFD_SETLK = 37;
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final long BLKSSZGET = 0x1268;
    private static final long BLKGETSIZE64 = 0x80081272L;
    private static final int S_IFMT = 0xF000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFBLK = 0x6000;
    private static final int MIN_SECTOR = 512;
    private static final int MAX_SECTOR = 4096;
    private static final int SCRATCH_LENGTH = 4 * NativeMemory.PAGE;

    private final Path path;
    private final byte[] pathBytes;
    private final NativeMemory scratch = NativeMemory.map(SCRATCH_LENGTH);
    private int fd = -1;
    private boolean direct;
    private boolean blockDevice;
    private long size;
    private int sectorSize = MIN_SECTOR;
    private int memoryAlignment = 1;

    private DiskFile(final Path path) {
        this.path = path;
        this.pathBytes = (path + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** @throws DiskException when it cannot be opened, is in use, is neither file nor block device, or is too small. */
    static DiskFile open(final Path path, final DiskOptions options) {
        final DiskFile file = new DiskFile(path);
        try {
            file.openDescriptor(options);
            file.lock(options.readOnly());
            file.measure(options.minSize());
            return file;
        } catch (final DiskException ex) {
            file.close();
            throw ex;
        } finally {
            file.scratch.close();
        }
    }

    private void openDescriptor(final DiskOptions options) {
        final Statx stat = Statx.of(-1, pathBytes, scratch.address());
        if (stat == null) {
            throw failed("cannot be opened", Libc.errno());
        }
        final int kind = stat.mode() & S_IFMT;
        if (kind != S_IFREG && kind != S_IFBLK) {
            throw new DiskException(path + " is neither a file nor a block device", 0);
        }
        blockDevice = kind == S_IFBLK;
        final int flags = O_CLOEXEC | (options.readOnly() ? 0 : O_RDWR) | (blockDevice ? O_EXCL : 0);
        direct = options.direct() && openDirect(flags);
        if (!direct) {
            fd = openOrThrow(flags);
        }
    }

    private boolean openDirect(final int flags) {
        fd = (int) Libc.open(pathBytes, flags | O_DIRECT, 0);
        if (fd < 0) {
            final int errno = Libc.errno();
            if (errno != Errno.EINVAL) {
                throw failed("cannot be opened", errno);
            }
        } else if (align()) {
            return true;
        } else {
            Libc.close(fd);
            fd = -1;
        }
        LOG.warn("{}: the file system has no O_DIRECT, I/O goes through the page cache and costs a copy", path);
        return false;
    }

    private int openOrThrow(final int flags) {
        final int result = (int) Libc.open(pathBytes, flags, 0);
        if (result < 0) {
            throw failed("cannot be opened", Libc.errno());
        }
        return result;
    }

    /** @return false when direct I/O turns out not to work on this file. */
    private boolean align() {
        final Statx stat = Statx.of(fd, pathBytes, scratch.address());
        if (stat != null && stat.hasDioAlign()) {
            sectorSize = Math.max(MIN_SECTOR, stat.dioOffsetAlign());
            memoryAlignment = stat.dioMemAlign();
            return memoryAlignment != 0;
        }
        final int sector = blockDevice ? blockSize() : trySectors();
        sectorSize = Math.max(MIN_SECTOR, sector);
        memoryAlignment = sectorSize;
        return sector != 0;
    }

    private int blockSize() {
        return (int) Libc.ioctl(fd, BLKSSZGET, scratch.address()) < 0 ? 0 : UnsafeApi.getInt(scratch.address());
    }

    /** Before kernel 6.1 statx does not tell: the smallest aligned read that is not refused. 0 when all are. */
    private int trySectors() {
        for (int sector = MIN_SECTOR; sector <= MAX_SECTOR; sector <<= 1) {
            if (Libc.pread(fd, scratch.address() + MAX_SECTOR + sector, sector, sector) >= 0) {
                return sector;
            }
        }
        return 0;
    }

    /* struct flock: type s16, whence s16, padding, start s64, length s64 (0: to the end), pid s32. */
    private void lock(final boolean shared) {
        if (blockDevice) {
            return;
        }
        UnsafeApi.setMemory(scratch.address(), 32, (byte) 0);
        UnsafeApi.putShort(scratch.address(), (short) (shared ? F_RDLCK : F_WRLCK));
        if ((int) Libc.fcntl(fd, F_OFD_SETLK, scratch.address()) < 0) {
            final int errno = Libc.errno();
            throw errno == Errno.EAGAIN || errno == Errno.EACCES ?
                new DiskException(path + " is in use by another process or volume", errno) :
                failed("cannot be locked", errno);
        }
    }

    private void measure(final long minSize) {
        if (sectorSize > MAX_SECTOR) {
            throw new DiskException(path + " has sectors of " + sectorSize + " bytes, at most " + MAX_SECTOR, 0);
        }
        size = room(scratch.address()) & -sectorSize;
        if (size < minSize) {
            throw new DiskException(path + " has " + size + " bytes, " + minSize + " are needed", 0);
        }
    }

    /** In bytes: how long the file or device is now. @param memory of {@link #SCRATCH_LENGTH} bytes. */
    private long room(final long memory) {
        if (blockDevice) {
            if ((int) Libc.ioctl(fd, BLKGETSIZE64, memory) < 0) {
                throw failed("does not tell its size", Libc.errno());
            }
            return UnsafeApi.getLong(memory);
        }
        final Statx stat = Statx.of(fd, pathBytes, memory);
        if (stat == null) {
            throw failed("does not tell its size", Libc.errno());
        }
        return stat.size();
    }

    private DiskException failed(final String what, final int errno) {
        return new DiskException(
            path + (errno == Errno.EBUSY ? " is in use by another process or mounted: " : " " + what + ": ") +
                Errno.text(errno), errno);
    }

    /**
     * The file or device has become longer, or is to be used up to this length only.
     *
     * @throws DiskException when it is shorter.
     */
    void resize(final long newSize) {
        try (NativeMemory memory = NativeMemory.map(SCRATCH_LENGTH)) {
            if (room(memory.address()) < newSize || newSize % sectorSize != 0) {
                throw new DiskException(path + " cannot be used up to " + newSize + " bytes", 0);
            }
            size = newSize;
        }
    }

    int fd() {
        return fd;
    }

    long size() {
        return size;
    }

    int sectorSize() {
        return sectorSize;
    }

    int memoryAlignment() {
        return memoryAlignment;
    }

    String describe() {
        return path + (blockDevice ? ", block device" : ", file") + (direct ? "" : " through the page cache") + ", " +
            size + " bytes, sectors of " + sectorSize;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }
}
