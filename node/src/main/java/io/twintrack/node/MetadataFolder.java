package io.twintrack.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder in which a node keeps what must outlive it. One node alone has it; the lock ends with the process. */
final class MetadataFolder implements AutoCloseable {
    private static final String OWNER_ONLY = "rwx------";

    private final FileChannel lockFile;

    private MetadataFolder(final FileChannel lockFile) {
        this.lockFile = lockFile;
    }

    /** Makes it when it is absent. @throws CommandFailedException when another node has it. */
    static MetadataFolder open(final Path folder) throws CommandFailedException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
            }
            final FileChannel lockFile = FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                lockFile.close();
                throw new CommandFailedException("another node uses the metadata folder " + folder
                    + "; stop it, or give this one a folder of its own (key \"metadata\")");
            }
            return new MetadataFolder(lockFile);
        } catch (final IOException e) {
            throw new CommandFailedException(
                "the metadata folder " + folder + " cannot be used: " + IoErrors.sentence(e));
        }
    }

    /** @return {@code null} when another one holds it. */
    private static FileLock lock(final FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (final OverlappingFileLockException e) {
            // Another node in this process.
            return null;
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (final IOException e) {
            throw new IllegalStateException("the metadata folder's lock does not close", e);
        }
    }
}
