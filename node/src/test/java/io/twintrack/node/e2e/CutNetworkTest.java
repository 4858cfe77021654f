package io.twintrack.node.e2e;

import io.twintrack.transport.relay.Direction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The network between the nodes is cut for so long that each goes its own way, and comes back. */
class CutNetworkTest {
    private static final int BLOCK = 4096;
    private static final long SIZE = 256 << 20;
    private static final int BEFORE = 50;
    /** Of it, where both sides write in split brain. */
    private static final long WRITTEN = 16 << 20;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    private Pair pair(final long seed) {
        return new Pair(folder).size(SIZE).sparse().link("mtu", 8192).link("reply-timeout", "250 ms").link("tries", 4)
            .targetListens().relayed(seed);
    }

    /** One way, the other way, both. Each block that was written since, however often, travels once. */
    @Test
    void onlyWhatWasWrittenDuringACutTravelsAfterwards() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        final Random random = new Random(seed);
        try (Pair pair = pair(seed).start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            for (final List<Direction> directions : List.of(
                    List.of(Direction.A_TO_B), List.of(Direction.B_TO_A), List.of(Direction.values()))) {
                final int resyncs = pair.origin().resyncs().size();
                write(client, shuffled(random, SIZE).subList(0, BEFORE), 7);
                directions.forEach(direction -> pair.relay().faults(direction).cut(true));
                final List<Integer> blocks = shuffled(random, SIZE).subList(0, 20 + random.nextInt(100));
                write(client, blocks, 1);
                assertTrue(pair.is("origin", "severed"), pair::toString);
                write(client, blocks.subList(0, 10), 2);
                assertEquals(0, client.flush());
                pair.relay().heal();
                pair.awaitUpToDate();
                final long wanted = (long) blocks.size() * BLOCK;
                final long travelled =
                    pair.origin().resyncs().stream().skip(resyncs).mapToLong(Long::longValue).sum();
                // A machine that is busy with other things may lose the target a moment before the cut.
                assertTrue(wanted <= travelled && travelled <= wanted + BEFORE * BLOCK,
                    () -> "seed " + seed + ", " + travelled + " bytes after " + directions + "\n" + pair);
            }
            pair.stopAndCompare();
        }
    }

    /** Both sides are primary and take writes: nothing is overwritten before a person says which changes are kept. */
    @ParameterizedTest
    @ValueSource(strings = {"local", "peer"})
    void splitBrainWaitsForAPersonWhoNamesTheSideToKeep(final String keep) throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = pair(seed).start()) {
            final List<Integer> common = shuffled(new Random(seed), WRITTEN).subList(0, 40);
            final List<Integer> ofOrigin = common.subList(0, 20);
            final List<Integer> ofTarget = common.subList(10, 30);
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                write(client, common, 1);
                pair.command("target").refused("the primary is attached", "pair", "promote", "vol0", "--force");
                cut(pair);
                write(client, ofOrigin, 2);
                pair.awaitState("target", "connecting");
                pair.command("target").refused("--force", "pair", "promote", "vol0");
                pair.command("target").run("pair", "promote", "vol0", "--force");
                try (NbdSocket other = new NbdSocket(pair.targetNbd(), "vol0")) {
                    write(other, ofTarget, 3);
                }
                pair.relay().heal();
                pair.awaitState("origin", "diverged");
                pair.awaitState("target", "diverged");
                write(client, ofOrigin, 4);
                pair.command("origin").refused("--keep local|peer", "pair", "reestablish", "vol0");
            }
            restartBoth(pair);
            assertTrue(holds(pair, true, common, ofOrigin, 4), "the origin's changes are untouched");
            assertTrue(holds(pair, false, common, ofTarget, 3), "the target's changes are untouched");
            keep(pair, keep);
            pair.awaitUpToDate();
            final boolean local = keep.equals("local");
            assertEquals(local ? "primary" : "redundant", pair.status("origin").path("role").asText());
            assertNotEquals(pair.status("origin").path("role"), pair.status("target").path("role"));
            assertTrue(holds(pair, local, common, local ? ofOrigin : ofTarget, local ? 4 : 3), pair::toString);
            final NodeProcess source = local ? pair.origin() : pair.target();
            // A node that stopped alone does not know what its peer flushed: it compares the regions that were in use.
            assertTrue(source.bytesOfLastResync() <= WRITTEN, pair::toString);
            pair.stopAndCompare();
        }
    }

    private static void cut(final Pair pair) {
        for (final Direction direction : Direction.values()) {
            pair.relay().faults(direction).cut(true);
        }
    }

    /** In order: split brain is nothing that a restart heals. */
    /** Given again where a starved machine loses the session meanwhile, unless both are together by then. */
    private static void keep(final Pair pair, final String side) {
        final StringBuilder refusals = new StringBuilder();
        Wait.until(() -> {
            final String refused = pair.command("origin").runUnlessRefused("pair", "reestablish", "vol0", "--keep", side);
            refusals.append(refused);
            return refused.isEmpty() || pair.is("origin", "up-to-date");
        }, 30, () -> refusals + pair.toString());
    }

    private static void restartBoth(final Pair pair) {
        pair.origin().stop();
        pair.target().stop();
        pair.startTarget();
        pair.startOrigin();
        pair.awaitState("origin", "diverged");
        pair.awaitState("target", "diverged");
    }

    /** From the image, since neither serves clients before it is decided who has the data. */
    private static boolean holds(
        final Pair pair, final boolean origin, final List<Integer> common, final List<Integer> own, final int value)
        throws IOException {
        final byte[] bytes = new byte[BLOCK];
        try (java.io.RandomAccessFile image =
                 new java.io.RandomAccessFile((origin ? pair.originImage() : pair.targetImage()).toFile(), "r")) {
            for (final int block : common) {
                image.seek((long) block * BLOCK);
                image.readFully(bytes);
                assertArrayEquals(filled(own.contains(block) ? value : 1), bytes, () -> "block " + block + "\n" + pair);
            }
        }
        return true;
    }

    private static List<Integer> shuffled(final Random random, final long end) {
        final List<Integer> blocks =
            IntStream.range(0, (int) (end / BLOCK)).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(blocks, random);
        return blocks;
    }

    private static void write(final NbdSocket client, final List<Integer> blocks, final int value) throws IOException {
        for (final int block : blocks) {
            assertEquals(0, client.write((long) block * BLOCK, filled(value)), "block " + block);
        }
    }

    private static byte[] filled(final int value) {
        final byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
