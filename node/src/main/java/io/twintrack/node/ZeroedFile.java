package io.twintrack.node;

import com.sun.nio.file.ExtendedOpenOption;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** Makes files that serve as disks. */
public final class ZeroedFile {
    private static final int CHUNK = 1 << 20;
    private static final int PAGE = 4096;

    private ZeroedFile() {
    }

    /**
     * Makes a file of zeros. They are written, not promised: extents that a file system only allocated cost three
     * times as much at their first write. A file that could not be made whole is removed again.
     *
     * @param progress hears how many bytes are written so far.
     * @throws IOException when the file exists or there is no room for it.
     */
    public static void create(final Path path, final long size, final LongConsumer progress) throws IOException {
        Files.createFile(path);
        try (FileChannel file = open(path, size)) {
            writeZeros(path, file, size, progress);
        }
    }

    /** Past the page cache where the file system takes that: a node's own direct writes would have to evict it. */
    private static FileChannel open(final Path path, final long size) throws IOException {
        if (size % PAGE == 0) {
            try {
                return FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            } catch (final IOException | UnsupportedOperationException e) {
                // As on some RAM file systems; the other way works everywhere.
            }
        }
        return FileChannel.open(path, StandardOpenOption.WRITE);
    }

    private static void writeZeros(
        final Path path, final FileChannel file, final long size, final LongConsumer progress) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK + PAGE).alignedSlice(PAGE).limit(CHUNK).slice();
        try {
            for (long written = 0; written < size; progress.accept(written)) {
                written += file.write(zeros.clear().limit((int) Math.min(CHUNK, size - written)));
            }
            file.force(true);
        } catch (final IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }
}
