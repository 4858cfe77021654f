package io.twintrack.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The two files that every system works on, one after the other: {@code origin/vol0.img} and {@code target/vol0.img}.
 * All access is O_DIRECT, so that no system finds pages of its files in the page cache.
 */
public final class Volumes {
    private static final int CHUNK = 4 << 20;
    private static final int PAGE = 4096;
    private static final String PREFIX = "twintrack-bench-";

    private final Path dir;
    private final Path targetDir;
    private final long size;
    private final ByteBuffer left = aligned();
    private final ByteBuffer right = aligned();

    private Volumes(final Path dir, final Path targetDir, final long size) {
        this.dir = dir;
        this.targetDir = targetDir;
        this.size = size;
    }

    /**
     * Makes both files and writes them with zeros: extents that were only allocated cost a write three times as much.
     *
     * @param parent       an existing folder on a disk; the files go into a new folder in it.
     * @param targetParent the same for the target's file; on another disk if there is one.
     * @param size         in bytes, a multiple of 1 MiB.
     */
    public static Volumes create(final Path parent, final Path targetParent, final long size) throws IOException {
        final int copiesEach = Files.getFileStore(parent).equals(Files.getFileStore(targetParent)) ? 2 : 1;
        requireRoom(parent, copiesEach * size);
        requireRoom(targetParent, copiesEach * size);
        final Path dir = Files.createTempDirectory(parent, PREFIX).toRealPath();
        final Path targetDir = Files.createTempDirectory(targetParent, PREFIX).toRealPath();
        Files.createDirectory(dir.resolve("origin"));
        Files.createSymbolicLink(dir.resolve("target"), targetDir);
        return new Volumes(dir, targetDir, size);
    }

    private static void requireRoom(final Path parent, final long needed) throws IOException {
        final String type = Files.getFileStore(parent).type();
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            throw new IOException(parent + " is on " + type + ": that is memory, not a disk; choose another --dir");
        }
        final long room = Files.getFileStore(parent).getUsableSpace();
        if (room < needed + needed / 8) {
            throw new IOException(parent + " has " + room + " bytes free, the volumes there need " + needed);
        }
    }

    public void writeZeros() throws IOException {
        for (final Path file : files()) {
            try (FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (long at = 0; at < size; at += CHUNK) {
                    writeFully(channel, left.clear().limit((int) Math.min(CHUNK, size - at)), at);
                }
                channel.force(true);
            }
        }
    }

    public Path dir() {
        return dir;
    }

    /** Of one file, in bytes. */
    public long size() {
        return size;
    }

    public Path origin() {
        return dir.resolve("origin/vol0.img");
    }

    public Path target() {
        return dir.resolve("target/vol0.img");
    }

    public List<Path> files() {
        return List.of(origin(), target());
    }

    /** @return how many bytes of pages differ between the two files; 0 when they are equal. */
    public long difference() throws IOException {
        return compare(false);
    }

    /** Copies what differs from origin to target: a mirror starts from equal copies. @return bytes of pages copied. */
    public long makeEqual() throws IOException {
        return compare(true);
    }

    /**
     * The records that nodes keep of these files say nothing any more: another system wrote to them since. A node that
     * starts compares both sides whole.
     */
    public void forgetPairs() throws IOException {
        try (Stream<Path> all = Files.walk(dir, FileVisitOption.FOLLOW_LINKS)) {
            for (final Path path : all.filter(file -> file.toString().endsWith(".pair")).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Removes both folders and all in them. */
    public void delete() throws IOException {
        delete(dir);
        delete(targetDir);
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private long compare(final boolean copy) throws IOException {
        long differing = 0;
        try (FileChannel origin = open(origin(), StandardOpenOption.READ);
            FileChannel target = open(target(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 0; at < size; at += CHUNK) {
                final int length = (int) Math.min(CHUNK, size - at);
                readFully(origin, left.clear().limit(length), at);
                readFully(target, right.clear().limit(length), at);
                differing += compareChunk(copy ? target : null, at, length);
            }
            if (copy && differing > 0) {
                target.force(false);
            }
        }
        return differing;
    }

    private long compareChunk(final FileChannel target, final long at, final int length) throws IOException {
        long differing = 0;
        int from = left.clear().limit(length).mismatch(right.clear().limit(length));
        while (from >= 0) {
            final int page = from / PAGE * PAGE;
            int end = page + PAGE;
            while (end < length && left.slice(end, PAGE).mismatch(right.slice(end, PAGE)) >= 0) {
                end += PAGE;
            }
            differing += end - page;
            if (target != null) {
                writeFully(target, left.slice(page, end - page), at + page);
            }
            final int next = left.slice(end, length - end).mismatch(right.slice(end, length - end));
            from = next < 0 ? next : end + next;
        }
        return differing;
    }

    private static FileChannel open(final Path file, final StandardOpenOption... options) throws IOException {
        final Set<OpenOption> all = new HashSet<OpenOption>(List.of(options));
        all.add(ExtendedOpenOption.DIRECT);
        return FileChannel.open(file, all);
    }

    private static void readFully(final FileChannel channel, final ByteBuffer buffer, final long at)
        throws IOException {
        final int start = buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position() - start) < 0) {
                throw new IOException("a volume is shorter than it was made");
            }
        }
    }

    private static void writeFully(final FileChannel channel, final ByteBuffer buffer, final long at)
        throws IOException {
        final int start = buffer.position();
        while (buffer.hasRemaining()) {
            channel.write(buffer, at + buffer.position() - start);
        }
    }

    private static ByteBuffer aligned() {
        return ByteBuffer.allocateDirect(CHUNK + PAGE).alignedSlice(PAGE);
    }
}
