package io.twintrack.transport.aeron;

import org.agrona.CloseHelper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * The folder of one driver in a RAM file system. A lock file beside it keeps it to one process; the kernel drops the
 * lock with the process, so what a killed one left behind is taken over and emptied at once.
 */
final class DriverDirectory implements AutoCloseable {
    private static final int TRIES = 10;

    private final Path path;
    private final Path lockPath;
    private final FileChannel lockChannel;
    private long promised;

    private DriverDirectory(final Path path, final Path lockPath, final FileChannel lockChannel) {
        this.path = path;
        this.lockPath = lockPath;
        this.lockChannel = lockChannel;
    }

    /** @throws IllegalStateException if another driver uses the folder. */
    static DriverDirectory take(final Path directory) {
        final Path path = directory.toAbsolutePath();
        final Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
        try {
            Files.createDirectories(path.getParent());
            for (int i = 0; i < TRIES; i++) {
                final FileChannel channel = lock(lockPath);
                if (channel != null) {
                    return new DriverDirectory(path, lockPath, channel);
                }
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot use the folder " + path, ex);
        }
        throw new IllegalStateException("another driver uses " + path);
    }

    /**
     * The owner deletes the file before it lets go of the lock. So a lock counts only if the name still leads to the
     * file that is locked: what is written into it is read through the name.
     */
    private static FileChannel lock(final Path lockPath) throws IOException {
        final FileChannel channel = FileChannel.open(lockPath, CREATE, WRITE);
        try {
            if (channel.tryLock() != null) {
                final byte[] mark = new byte[16];
                ThreadLocalRandom.current().nextBytes(mark);
                channel.write(ByteBuffer.wrap(mark), 0);
                if (Arrays.equals(mark, Files.readAllBytes(lockPath))) {
                    return channel;
                }
            }
        } catch (final OverlappingFileLockException | NoSuchFileException ex) {
            // Ours, or just deleted by its owner: not taken.
        }
        channel.close();
        return null;
    }

    Path path() {
        return path;
    }

    /**
     * Keeps room for a link. Aeron takes it when the streams are made, which is later: what was promised to the links
     * before is not free any more, though it looks so.
     *
     * @throws IllegalArgumentException that says what is needed and what there is.
     */
    void promise(final long needed) {
        final long usable = usable() - promised;
        if (usable < needed) {
            throw new IllegalArgumentException("the link needs " + mebibytes(needed) + " in the file system of " + path
                + ", which has " + mebibytes(Math.max(0, usable)) + " left; give it more (in a container: --shm-size), "
                + "or choose shorter terms");
        }
        promised += needed;
    }

    /** A link that was promised room is closed. */
    void giveBack(final long needed) {
        promised -= needed;
    }

    private long usable() {
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
        if (!lockChannel.isOpen()) {
            return;
        }
        try {
            Files.deleteIfExists(lockPath);
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot delete " + lockPath, ex);
        } finally {
            CloseHelper.close(lockChannel);
        }
    }
}
