package io.twintrack.node.control;

import io.twintrack.node.IoErrors;
import io.twintrack.node.ZeroedFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** A file or block device that a volume lies on, as far as commands make and change it. */
final class DiskFile {
    private static final int CHUNK = 1 << 20;

    private DiskFile() {
    }

    /** In bytes; the kernel tells a block device's too. @throws Refusal when it cannot be opened. */
    static long size(final Path path) {
        if (Files.isDirectory(path)) {
            throw Refusal.malformed(NodeRule.VOLUME_DISK,
                path + " is a folder; a volume lies on a file or a block device");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.size();
        } catch (final IOException e) {
            throw Refusal.malformed(NodeRule.VOLUME_DISK,
                "the disk " + path + " cannot be opened: " + IoErrors.sentence(e));
        }
    }

    /** By the name that no link hides. @throws Refusal when its folder does not exist. */
    static Path real(final Path path) {
        try {
            return Files.exists(path) ? path.toRealPath()
                : path.getParent().toRealPath().resolve(path.getFileName());
        } catch (final IOException e) {
            throw Refusal.malformed(NodeRule.VOLUME_DISK,
                "the disk " + path + " has no folder to lie in: " + IoErrors.sentence(e));
        }
    }

    /** A new file of zeros. @throws Refusal when it cannot be made; then it is not there. */
    static void make(final Path path, final long size, final LongConsumer progress) {
        requireRoom(NodeRule.VOLUME_ROOM, path, size);
        try {
            ZeroedFile.create(path, size, progress);
        } catch (final IOException e) {
            throw Refusal.unavailable(NodeRule.VOLUME_DISK,
                "the disk " + path + " was not made: " + IoErrors.sentence(e));
        }
    }

    /** Writes zeros behind its end, so that its bytes are there and read as zeros. Durable when it returns. */
    static void extend(final Path path, final long newSize) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            final long oldSize = file.size();
            requireRoom(NodeRule.VOLUME_GROW_ROOM, path, newSize - oldSize);
            final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
            for (long at = oldSize; at < newSize;) {
                at += file.write(zeros.clear().limit((int) Math.min(CHUNK, newSize - at)), at);
            }
            file.force(true);
        } catch (final IOException e) {
            throw Refusal.unavailable(NodeRule.VOLUME_FILE_RESIZED,
                "the disk " + path + " was not made longer: " + IoErrors.sentence(e));
        }
    }

    /** Durable when it returns. */
    static void cut(final Path path, final long newSize) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(newSize);
            file.force(true);
        } catch (final IOException e) {
            throw Refusal.unavailable(NodeRule.VOLUME_FILE_RESIZED,
                "the disk " + path + " was not cut: " + IoErrors.sentence(e));
        }
    }

    static void remove(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw Refusal.unavailable(NodeRule.VOLUME_FILE_REMOVED,
                "the disk " + path + " was not removed: " + IoErrors.sentence(e));
        }
    }

    private static void requireRoom(final NodeRule rule, final Path path, final long length) {
        try {
            final long room = Files.getFileStore(path.getParent()).getUsableSpace();
            if (room < length) {
                throw Refusal.unavailable(rule,
                    "there is no room in " + path.getParent() + ": it has " + (room >> 20)
                    + " MiB, " + (length >> 20) + " MiB more are needed");
            }
        } catch (final IOException e) {
            throw Refusal.unavailable(rule,
                "the room in " + path.getParent() + " is not known: " + IoErrors.sentence(e));
        }
    }
}
