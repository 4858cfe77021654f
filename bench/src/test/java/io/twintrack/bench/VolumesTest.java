package io.twintrack.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {
    private static final int SIZE = 9 << 20;
    private static final int PAGE = 4096;

    @TempDir(factory = DiskFolder.class)
    private Path dir;
    private Volumes volumes;

    @BeforeEach
    void make() throws IOException {
        final String type = Files.getFileStore(dir).type();
        assumeTrue(!type.equals("tmpfs"), "skipped: the build folder is on tmpfs, which is no disk");
        volumes = Volumes.create(dir, dir, SIZE);
        volumes.writeZeros();
    }

    @Test
    void startsWithZerosInBothFiles() throws IOException {
        for (final Path file : volumes.files()) {
            assertArrayEquals(new byte[SIZE], Files.readAllBytes(file));
        }
        assertEquals(0, volumes.difference());
    }

    @Test
    void findsAndRepairsEveryPageThatDiffers() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final BitSet pages = new BitSet();
        pages.set(0);
        pages.set(SIZE / PAGE - 1);
        pages.set(1023, 1030);
        for (int i = 0; i < 200; i++) {
            pages.set(random.nextInt(SIZE / PAGE));
        }
        try (FileChannel origin = FileChannel.open(volumes.origin(), StandardOpenOption.WRITE)) {
            for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
                final long at = (long) page * PAGE + random.nextInt(PAGE);
                origin.write(ByteBuffer.wrap(new byte[] {(byte) (1 + random.nextInt(255))}), at);
            }
        }
        final long expected = (long) pages.cardinality() * PAGE;
        assertEquals(expected, volumes.difference(), "seed " + seed);
        assertEquals(expected, volumes.makeEqual(), "seed " + seed);
        assertEquals(0, volumes.difference(), "seed " + seed);
        assertEquals(-1, Files.mismatch(volumes.origin(), volumes.target()), "seed " + seed);
    }

    @Test
    void leavesNothingBehind() throws IOException {
        Files.createDirectories(volumes.dir().resolve("logs/deep"));
        volumes.delete();
        assertFalse(Files.exists(volumes.dir()));
    }

    @Test
    void theTargetsFileMayLieOnAnotherDisk() throws IOException {
        final Path other = Files.createDirectory(dir.resolve("other"));
        final Volumes apart = Volumes.create(dir, other, SIZE);
        apart.writeZeros();
        Files.write(apart.origin(), new byte[] {1}, StandardOpenOption.WRITE);
        assertEquals(PAGE, apart.makeEqual());
        assertTrue(apart.target().toRealPath().startsWith(other.toRealPath()));
        final Path record = Files.createFile(apart.target().resolveSibling("vol0.pair"));
        apart.forgetPairs();
        assertFalse(Files.exists(record), "a record beside the target's file is kept");
        apart.delete();
        assertFalse(Files.exists(apart.dir()));
        assertEquals(0, Files.list(other).count());
        assertTrue(Files.exists(volumes.origin()), "other volumes are gone as well");
    }

    @Test
    void refusesMemoryAndMissingRoom() throws IOException {
        assertThrows(IOException.class, () -> Volumes.create(dir, dir, Long.MAX_VALUE / 8));
        final Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
            "skipped: there is no tmpfs at /dev/shm");
        assertThrows(IOException.class, () -> Volumes.create(memory, dir, SIZE));
        assertThrows(IOException.class, () -> Volumes.create(dir, memory, SIZE));
    }
}
