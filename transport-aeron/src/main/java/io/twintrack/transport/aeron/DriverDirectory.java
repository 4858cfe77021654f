package io.twintrack.transport.aeron;

import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * The folder of one driver in a RAM file system. A lock beside it keeps it to one process; the kernel drops the lock
 * with the process, so what a killed one left behind is taken over and emptied at once.
 */
final class DriverDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lockChannel;

    private DriverDirectory(final Path path, final FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    static DriverDirectory take(final Path path) {
        FileChannel channel = null;
        try {
            final Path parent = path.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            channel = FileChannel.open(parent.resolve(path.getFileName() + ".lock"), CREATE, WRITE);
            if (lock(channel) == null) {
                CloseHelper.close(channel);
                throw new IllegalStateException("another driver uses " + path);
            }
            return new DriverDirectory(path.toAbsolutePath(), channel);
        } catch (final IOException ex) {
            CloseHelper.quietClose(channel);
            throw new UncheckedIOException("cannot use the folder " + path, ex);
        }
    }

    private static FileLock lock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException ex) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    /** @throws IllegalArgumentException that says what is needed and what there is. */
    void requireRoom(final long needed) {
        final long usable = usable();
        if (usable < needed) {
            throw new IllegalArgumentException("the link needs " + mebibytes(needed) + " in the file system of " + path
                + ", which has " + mebibytes(usable) + " left; give it more (in a container: --shm-size), or choose "
                + "shorter terms");
        }
    }

    long usable() {
        try {
            return Files.getFileStore(path.getParent()).getUsableSpace();
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot ask for the room at " + path, ex);
        }
    }

    static String mebibytes(final long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }

    @Override
    public void close() {
        CloseHelper.close(lockChannel);
    }
}
