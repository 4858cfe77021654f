package io.twintrack.node.demo;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/** Packs the files of a folder into a tar archive; the same files always give the same bytes. */
final class TreePacker {
    /** A tar file's header, and the unit that its contents are padded to. */
    private static final int BLOCK = 512;
    /** The header, and one for a long name with the name behind it. */
    private static final int ENTRY_OVERHEAD = 4 * BLOCK;
    private static final int ARCHIVE_END = 20 * BLOCK;

    private final Path root;
    private long left;
    private int packed;

    private TreePacker(final Path root, final long limit) {
        this.root = root;
        this.left = limit - ARCHIVE_END;
    }

    /**
     * Packs the regular files below the folder, in the order of their paths, without those that no longer fit.
     *
     * @param limit longest archive, in bytes.
     * @return how many files are in it.
     */
    static int pack(final Path root, final Path archive, final long limit) throws IOException {
        final TreePacker packer = new TreePacker(root, limit);
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20);
             TarArchiveOutputStream tar = new TarArchiveOutputStream(file)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            for (final Path path : packer.files()) {
                packer.add(path, tar);
            }
        }
        return packer.packed;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths
                .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(path))
                .sorted()
                .toList();
        }
    }

    private void add(final Path path, final TarArchiveOutputStream tar) throws IOException {
        final long size = Files.size(path);
        final long needed = size + BLOCK + ENTRY_OVERHEAD;
        if (needed > left) {
            return;
        }
        final TarArchiveEntry entry = new TarArchiveEntry(root.relativize(path).toString());
        entry.setSize(size);
        entry.setLastModifiedTime(FileTime.fromMillis(0));
        tar.putArchiveEntry(entry);
        Files.copy(path, tar);
        tar.closeArchiveEntry();
        left -= needed;
        packed++;
    }
}
