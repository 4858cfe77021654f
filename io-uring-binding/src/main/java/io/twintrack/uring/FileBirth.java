package io.twintrack.uring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * When a file was made (statx(2), stx_btime). Together with the inode it tells a file from one that was made in its
 * place: file systems deal out the inode of a removed file anew. Of the attributes that Java reads, the one of this name
 * is the time of the last change on runtimes that do not ask the kernel.
 */
public final class FileBirth {
    private FileBirth() {
    }

    /**
     * Any thread.
     *
     * @return empty where the file system does not keep it.
     * @throws IOException the file cannot be looked at.
     */
    public static Optional<Instant> of(final Path file) throws IOException {
        try (NativeMemory memory = NativeMemory.map(NativeMemory.PAGE)) {
            final Statx stat =
                Statx.of(-1, (file + "\0").getBytes(StandardCharsets.UTF_8), memory.address());
            if (stat == null) {
                throw new IOException(file + " cannot be looked at: " + Errno.text(Libc.errno()));
            }
            return stat.hasBirth() ? Optional.of(stat.birth()) : Optional.empty();
        }
    }
}
