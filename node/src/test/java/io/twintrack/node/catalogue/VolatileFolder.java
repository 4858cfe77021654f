package io.twintrack.node.catalogue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder that crashes before a step and then may lose what was not forced: contents in part or whole, and names.
 */
final class VolatileFolder implements FolderSteps {
    /** The power is gone. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What becomes of a content that was not forced. */
    enum Content {
        OLD, NONE, HALF, WHOLE
    }

    /** What becomes of names that were not forced. */
    enum Names {
        OLD, NEW
    }

    private static final class Inode {
        private byte[] forced;
        private byte[] now;
    }

    private final Path folder;
    private final Map<String, Inode> names = new TreeMap<>();
    private Map<String, Inode> forcedNames = new TreeMap<>();
    private int stepsLeft;

    /** @param steps that are carried out before it crashes. */
    VolatileFolder(final Path folder, final int steps) throws IOException {
        this.folder = folder;
        stepsLeft = steps;
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                final Inode inode = new Inode();
                inode.now = Files.readAllBytes(file);
                inode.forced = inode.now;
                names.put(file.getFileName().toString(), inode);
            }
        }
        forcedNames = new TreeMap<>(names);
    }

    @Override
    public void write(final Path file, final byte[] bytes) throws IOException {
        step();
        REAL.write(file, bytes);
        names.computeIfAbsent(name(file), name -> new Inode()).now = bytes;
    }

    @Override
    public void force(final Path file) {
        step();
        final Inode inode = names.get(name(file));
        inode.forced = inode.now;
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        step();
        REAL.rename(from, to);
        names.put(name(to), names.remove(name(from)));
    }

    @Override
    public void forceNames(final Path changed) {
        step();
        forcedNames = new TreeMap<>(names);
    }

    private void step() {
        if (stepsLeft-- == 0) {
            throw new Crash();
        }
    }

    private static String name(final Path file) {
        return file.getFileName().toString();
    }

    /** The folder as the next start finds it. */
    void loseIn(final Path other, final Names which, final Content content) throws IOException {
        for (final Map.Entry<String, Inode> file : (which == Names.OLD ? forcedNames : names).entrySet()) {
            final byte[] left = left(file.getValue(), content);
            if (left != null) {
                Files.write(other.resolve(file.getKey()), left);
            }
        }
    }

    private static byte[] left(final Inode inode, final Content content) {
        if (inode.now == inode.forced) {
            return inode.now;
        }
        return switch (content) {
            case OLD -> inode.forced;
            case NONE -> new byte[0];
            case HALF -> Arrays.copyOf(inode.now, inode.now.length / 2);
            case WHOLE -> inode.now;
        };
    }
}
