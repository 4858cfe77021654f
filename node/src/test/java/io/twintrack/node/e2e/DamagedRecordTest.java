package io.twintrack.node.e2e;

import io.twintrack.node.CommandFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a node knows of its pair is damaged while it does not run, and while the two sides differ. It says so and does
 * not start, or more is compared than was needed; the data are right in either case.
 *
 * <pre>
 *   byte of the record of a small volume
 *        0      4,096    8,192    12,288   16,384   20,480
 *        +--------+--------+--------+--------+--------+--------+
 *        | superblock x 2  | intent marks x 2| tracks x 2      |
 *        +--------+--------+--------+--------+--------+--------+
 * </pre>
 */
class DamagedRecordTest {
    private static final int BLOCK = 4096;
    /** What the volume uses of the record; room to grow follows. */
    private static final int LENGTH = 6 * BLOCK;
    private static final int SUPERBLOCK = 0;
    private static final int INTENT = 2;
    private static final int TRACKS = 4;
    private static final int EXIT_FAILED = 1;

    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final long seed = System.nanoTime() >>> 16;
    private final Random random = new Random(seed);

    private Pair pair() {
        return new Pair(folder).size(16 << 20).link("reply-timeout", "150 ms").link("tries", 4);
    }

    /** Blocks of the record in which one bit is flipped, on the origin and on the target. */
    @Test
    void oneGoodCopyOrNoneOfTheMarksMeansThatMoreIsCompared() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            for (final List<List<Integer>> damage : List.of(
                    List.of(List.of(SUPERBLOCK), List.of(TRACKS, TRACKS + 1)),
                    List.of(List.of(TRACKS, TRACKS + 1), List.of(SUPERBLOCK + 1)),
                    List.of(List.of(INTENT, INTENT + 1), List.of(SUPERBLOCK)),
                    List.of(List.of(SUPERBLOCK + 1, INTENT, TRACKS + 1), List.of(INTENT, INTENT + 1)))) {
                stopWhileTheyDiffer(pair, blocks);
                damage.get(0).forEach(block -> flip(pair.record("origin"), block));
                damage.get(1).forEach(block -> flip(pair.record("target"), block));
                pair.startTarget();
                pair.startOrigin();
                pair.awaitUpToDate();
                assertTrue(pair.origin().logged("WARN .*vol0.pair: ") == 1, () -> damage + "\n" + this + pair);
                assertRight(pair, blocks);
            }
            pair.stopAndCompare();
        }
    }

    @Test
    void aRecordThatCannotBeTrustedIsRefusedWithWhatToDo() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            stopWhileTheyDiffer(pair, blocks);
            final Path record = pair.record("origin");
            assertTrue(Files.size(record) >= LENGTH, () -> record + " is short");
            final Path kept = Files.copy(record, folder.resolve("kept"));
            final Path keptOfTarget = Files.copy(pair.record("target"), folder.resolve("kept-target"));
            for (final int length : new int[] {0, random.nextInt(LENGTH)}) {
                truncate(record, length);
                assertRefused(pair.startOrigin());
                Files.copy(kept, record, StandardCopyOption.REPLACE_EXISTING);
            }
            flip(record, SUPERBLOCK);
            flip(record, SUPERBLOCK + 1);
            assertRefused(pair.startOrigin());
            swapped(pair, kept, keptOfTarget);
            Files.copy(kept, record, StandardCopyOption.REPLACE_EXISTING);
            // What the message says: the record moved away, the side is a new one, and everything is compared.
            flip(pair.record("target"), SUPERBLOCK);
            flip(pair.record("target"), SUPERBLOCK + 1);
            assertRefused(pair.startTarget());
            Files.delete(pair.record("target"));
            pair.startTarget();
            pair.startOrigin();
            pair.awaitUpToDate();
            assertEquals(List.of(pair.size()), pair.origin().resyncs(), pair::toString);
            assertRight(pair, blocks);
            pair.stopAndCompare();
        }
    }

    /** The first record of a large volume takes a while: it has another name until it is whole. */
    @Test
    void aRecordThatWasNotFinishedIsMadeAnew() throws IOException {
        Tool.assumeInstalled("kill");
        try (Pair pair = pair().size(256L << 30).sparse().prepare()) {
            final Path whole = pair.record("origin");
            final Path making = whole.resolveSibling("vol0.pair.new");
            for (int i = 0; i < 20 && !Files.exists(making); i++) {
                Files.deleteIfExists(whole);
                pair.startOrigin();
                Wait.until(() -> Files.exists(making) || Files.exists(whole), 20, pair::toString);
                pair.origin().signal("KILL");
            }
            assertTrue(Files.exists(making), "never killed while it was made");
            assertFalse(Files.exists(whole), "half made, and has its name");
            pair.startOrigin();
            pair.origin().awaitLogged("Running as", 1, 20);
            assertFalse(Files.exists(making));
            assertTrue(Files.exists(whole));
        }
    }

    /** Each has the other one's record, which names another disk. */
    private static void swapped(final Pair pair, final Path ofOrigin, final Path ofTarget) throws IOException {
        Files.copy(ofOrigin, pair.record("target"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(ofTarget, pair.record("origin"), StandardCopyOption.REPLACE_EXISTING);
        pair.startTarget();
        pair.startOrigin();
        for (final NodeProcess node : List.of(pair.origin(), pair.target())) {
            node.awaitLogged("ERROR .*vol0.pair belongs to .*accept-disk vol0", 1, 20);
        }
        Wait.until(() -> pair.status("origin") != null && pair.status("origin").path("linkUp").asBoolean(), 20,
            pair::toString);
        Wait.pass(0.5);
        assertFalse(isServed(pair), pair::toString);
        assertTrue(pair.origin().logged("_SYNC") + pair.target().logged("_SYNC") == 0, pair::toString);
        pair.origin().stop();
        pair.target().stop();
        Files.copy(ofTarget, pair.record("target"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** A node has two pairs, and each finds the other one's record. */
    @Test
    void recordsOfTwoPairsAreSwapped() throws Exception {
        try (LivePair live = new LivePair(folder)) {
            for (final String volume : List.of("v", "w")) {
                for (int node = 0; node < 2; node++) {
                    live.run(node, "volume", "create", volume, "8 MiB", "--path",
                        live.folder(node).resolve(volume + ".img").toString());
                }
                live.run(0, "pair", "establish", volume, "--peer", "b");
                live.await(0, volume, "up-to-date");
            }
            live.stop(0);
            swap(live.folder(0).resolve("meta/v.pair"), live.folder(0).resolve("meta/w.pair"));
            final CommandFailedException refused =
                assertThrows(CommandFailedException.class, () -> live.start(0));
            assertTrue(refused.getMessage().contains("v.pair belongs to pair w"), refused::getMessage);
            swap(live.folder(0).resolve("meta/v.pair"), live.folder(0).resolve("meta/w.pair"));
            live.start(0);
            live.await(0, "v", "up-to-date");
            live.await(0, "w", "up-to-date");
        }
    }

    private static void swap(final Path one, final Path other) throws IOException {
        final Path aside = one.resolveSibling("aside");
        Files.move(one, aside);
        Files.move(other, one);
        Files.move(aside, other);
    }

    private static boolean isServed(final Pair pair) {
        try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            return client.size() >= 0;
        } catch (final IOException e) {
            return false;
        }
    }

    private static void assertRefused(final NodeProcess node) {
        assertEquals(EXIT_FAILED, node.awaitEnd(20), node::toString);
        assertTrue(node.log().contains("vol0.pair cannot be read: ") && node.log().contains("move the file away"),
            node::toString);
        assertFalse(node.log().contains("\tat "), node::toString);
    }

    /** The origin went on alone; each ends in good order or is killed. */
    private void stopWhileTheyDiffer(final Pair pair, final StampedBlocks blocks) {
        final Thread load = blocks.start();
        awaitProgress(pair, blocks);
        end(pair.target());
        pair.awaitState("origin", "severed");
        awaitProgress(pair, blocks);
        if (random.nextBoolean()) {
            blocks.stop(load);
        }
        end(pair.origin());
        blocks.stop(load);
    }

    private void end(final NodeProcess node) {
        if (random.nextBoolean()) {
            node.stop();
        } else {
            node.signal("KILL");
        }
    }

    private void awaitProgress(final Pair pair, final StampedBlocks blocks) {
        final long goal = blocks.acknowledgements() + 100;
        Wait.until(() -> blocks.acknowledgements() >= goal, 20, () -> blocks + "\n" + pair);
    }

    private static void assertRight(final Pair pair, final StampedBlocks blocks) throws IOException {
        blocks.check();
        pair.assertImagesEqual();
    }

    private void flip(final Path record, final int block) {
        try (RandomAccessFile file = new RandomAccessFile(record.toFile(), "rw")) {
            final long offset = (long) block * BLOCK + random.nextInt(BLOCK);
            file.seek(offset);
            final int old = file.read();
            file.seek(offset);
            file.write(old ^ 1 << random.nextInt(Byte.SIZE));
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void truncate(final Path record, final long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(record.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    @Override
    public String toString() {
        return "seed " + seed + "\n";
    }
}
