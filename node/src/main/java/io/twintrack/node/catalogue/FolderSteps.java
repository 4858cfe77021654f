package io.twintrack.node.catalogue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What it takes to change a file durably: a crash may come between any two of these steps, or within one. */
public interface FolderSteps {
    /** Those of the file system. */
    FolderSteps REAL = new FolderSteps() {
        @Override
        public void write(final Path file, final byte[] bytes) throws IOException {
            Files.write(file, bytes);
        }

        @Override
        public void force(final Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(final Path from, final Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void forceNames(final Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** Makes the file, or gives it another content; perhaps in a cache alone. */
    void write(Path file, byte[] bytes) throws IOException;

    /** The file's content outlives a loss of power from now on, its name perhaps not. */
    void force(Path file) throws IOException;

    /** The old file of this name or the new one, at any moment; which one outlives a loss of power is not sure yet. */
    void rename(Path from, Path to) throws IOException;

    /** What the files of the folder are called now outlives a loss of power (fsync(2)). */
    void forceNames(Path folder) throws IOException;
}
