package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations, many at a time, against an array of bytes. */
class DiskModelTest {
    private static final int SIZE = 1 << 20;
    private static final int LANES = 16;
    private static final int LANE = SIZE / LANES;

    static List<Arguments> places() {
        final List<Arguments> places = new ArrayList<>();
        for (final RingKind kind : RingKind.values()) {
            for (final boolean direct : new boolean[] {true, false}) {
                places.add(Arguments.of(kind, "disk", direct));
                places.add(Arguments.of(kind, "/dev/shm", direct));
            }
        }
        return places;
    }

    @ParameterizedTest
    @MethodSource("places")
    void everyOperationDoesWhatTheModelDoes(
        final RingKind kind, final String place, final boolean direct, @TempDir final Path dir) throws IOException {
        final long seed = System.nanoTime();
        final Path path = file(place, dir);
        try (Disk disk = new Disk(kind.open(), path, DiskOptions.DEFAULT.direct(direct))) {
            disk.ring.registerBuffer(disk.memory.address(), disk.memory.length());
            run(disk, seed, 60);
            assertEquals(Status.OK, disk.flush());
        } finally {
            Files.delete(path);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shortTransfersAndRetriesAreHidden(final RingKind kind, @TempDir final Path dir) throws IOException {
        final long seed = System.nanoTime();
        final FaultyRing faults = FaultyRing.over(kind.open(), seed, 8192);
        try (Disk disk = new Disk(faults.proxy(), file("disk", dir), DiskOptions.DEFAULT)) {
            run(disk, seed, 100);
            assertTrue(faults.cuts > 50 && faults.retries > 50 && faults.fulls > 50,
                () -> faults.cuts + " cuts, " + faults.retries + " retries, " + faults.fulls + " times full");
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosAreWrittenWhereTheFileSystemHasNoCommand(final RingKind kind, @TempDir final Path dir)
        throws IOException {
        final FaultyRing faults = FaultyRing.over(kind.open(), 0, 0);
        faults.failing = "fallocate";
        faults.errno = Errno.EOPNOTSUPP;
        try (Disk disk = new Disk(faults.proxy(), file("disk", dir), DiskOptions.DEFAULT)) {
            run(disk, System.nanoTime(), 50);
            assertTrue(faults.failures > 100);
        }
    }

    private static Path file(final String place, final Path dir) throws IOException {
        final Path parent = place.equals("disk") ? dir : Path.of(place);
        Assumptions.assumeTrue(Files.isWritable(parent), "no " + parent);
        return Files.write(Files.createTempFile(parent, "twintrack", ".img"), new byte[SIZE]);
    }

    /** Each lane has one operation at a time, so that none overlap; its offsets and lengths are any sectors. */
    private static void run(final Disk disk, final long seed, final int rounds) {
        final Random random = new Random(seed);
        final byte[] model = new byte[SIZE];
        try {
            for (int round = 0; round < rounds; round++) {
                round(disk, random, model);
            }
            final byte[] all = new byte[SIZE];
            assertEquals(Status.OK, disk.read(all, 0));
            assertArrayEquals(model, all);
        } catch (final AssertionError ex) {
            throw new AssertionError("seed " + seed + ": " + ex.getMessage(), ex);
        }
    }

    private static void round(final Disk disk, final Random random, final byte[] model) {
        final long first = disk.token();
        final int[] reads = new int[LANES];
        final int[] lengths = new int[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            final int sectors = LANE / 512;
            final int from = random.nextInt(sectors);
            final int length = (1 + random.nextInt(sectors - from)) * 512;
            final int offset = lane * LANE + from * 512;
            reads[lane] = start(disk, random, model, first + lane, lane, offset, length) ? offset : -1;
            lengths[lane] = length;
        }
        for (int lane = 0; lane < LANES; lane++) {
            assertEquals(Status.OK, disk.await(first + lane));
            if (reads[lane] >= 0) {
                final byte[] bytes = new byte[lengths[lane]];
                Disk.get(disk.memory.address() + lane * LANE, bytes);
                assertArrayEquals(
                    Arrays.copyOfRange(model, reads[lane], reads[lane] + bytes.length), bytes, "at " + reads[lane]);
            }
        }
        disk.skipTokens(LANES);
    }

    /** @return whether it is a read. */
    private static boolean start(
        final Disk disk, final Random random, final byte[] model, final long token, final int lane, final int offset,
        final int length) {
        final long address = disk.memory.address() + lane * LANE;
        final int what = random.nextInt(10);
        while (!begin(disk, random, model, token, address, what, offset, length)) {
            disk.ring.submit();
            disk.ring.poll();
        }
        return what >= 7;
    }

    private static boolean begin(
        final Disk disk, final Random random, final byte[] model, final long token, final long address, final int what,
        final int offset, final int length) {
        if (what >= 7) {
            return disk.device.read(token, address, length, offset);
        }
        if (what >= 5) {
            final boolean started = disk.device.zero(token, offset, length, what == 5);
            if (started) {
                Arrays.fill(model, offset, offset + length, (byte) 0);
            }
            return started;
        }
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        Disk.put(address, bytes);
        final boolean started = disk.device.write(token, address, length, offset, what == 0);
        if (started) {
            System.arraycopy(bytes, 0, model, offset, length);
        }
        return started;
    }
}
