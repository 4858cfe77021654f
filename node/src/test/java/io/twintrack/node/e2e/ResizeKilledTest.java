package io.twintrack.node.e2e;

import io.twintrack.engine.machine.Deadline;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A pair grows and shrinks while a client writes, and nodes are killed in the middle. Afterwards both sides have the
 * same size, the old one or the new one, and what was acknowledged.
 *
 * <p>{@code -Dtwintrack.seed=N} draws the same moments again.
 */
@Timeout(300)
class ResizeKilledTest {
    private static final double LONGEST_S = 60;
    private static final long SMALL = 8 << 20;
    private static final long LARGE = 24 << 20;
    /** Of a file that clients write to at any size. */
    private static final long WRITTEN = 6 << 20;
    /** From the first durable step on: a resize takes some writes to the metadata disks. */
    private static final double LONGEST_RESIZE_S = 0.012;
    private static final int SUPERBLOCKS = 2 * 4096;
    private static final int ROUNDS = 1;

    private enum Victim {
        ORIGIN, TARGET, BOTH
    }

    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final long seed = Long.getLong("twintrack.seed", System.nanoTime() >>> 16);
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource
    void theResizeIsDoneOrNotDoneAsAWhole(final Victim victim) throws Exception {
        Tool.assumeInstalled("cmp");
        try (LivePair live = LivePair.asProcesses(folder)) {
            try {
                liveThrough(live, victim);
            } catch (final AssertionError | Exception e) {
                throw new AssertionError("-Dtwintrack.seed=" + seed + ' ' + victim + ": " + live, e);
            }
        }
    }

    private void liveThrough(final LivePair live, final Victim victim) throws Exception {
        for (int node = 0; node < 2; node++) {
            final int which = node;
            Wait.until(() -> live.get(which, "/v1/node").has("pid"), LONGEST_S, live::toString);
            live.run(node, "volume", "create", "v", SMALL + " B", "--path", image(live, node).toString());
        }
        live.run(0, "pair", "establish", "v", "--peer", "b");
        awaitInStep(live);
        // Volumes are made by then that have room for both sizes.
        live.run(0, "volume", "grow", "v", LARGE + " B");
        live.run(1, "volume", "grow", "v", LARGE + " B");
        final StampedBlocks blocks = new StampedBlocks(live.nbd(0), "v", WRITTEN, seed);
        for (int round = 0; round < ROUNDS; round++) {
            resize(live, blocks, victim, LARGE);
            resize(live, blocks, victim, SMALL);
        }
        assertEquals(0, blocks.errors(), blocks::toString);
        live.process(0).stop();
        live.process(1).stop();
        Tool.run(folder, LONGEST_S, "cmp", "-n", "" + SMALL, image(live, 0).toString(), image(live, 1).toString());
    }

    private static Path image(final LivePair live, final int node) {
        return live.folder(node).resolve("v.img");
    }

    private void resize(final LivePair live, final StampedBlocks blocks, final Victim victim, final long to)
        throws Exception {
        final long from = size(live, 0);
        final Thread load = blocks.start();
        final long goal = blocks.acknowledgements() + 100;
        Wait.until(() -> blocks.acknowledgements() >= goal, LONGEST_S, blocks::toString);
        final byte[] record = superblocks(live);
        final CompletableFuture<Integer> command = CompletableFuture.supplyAsync(
            () -> live.execute(0, new StringWriter(), "pair", "resize", "v", to + " B"));
        awaitChange(live, record);
        LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_RESIZE_S * 1e9));
        kill(live, victim);
        final boolean done = end(command) == 0;
        if (victim != Victim.TARGET) {
            blocks.stop(load);
        }
        awaitInStep(live);
        blocks.stop(load);
        final long size = size(live, 0);
        assertTrue(size == to || !done && size == from, () -> size + " bytes, done: " + done);
        blocks.check();
        if (size != to) {
            live.run(0, "pair", "resize", "v", to + " B");
            awaitInStep(live);
        }
        assertEquals(to, size(live, 0));
    }

    /** Of the origin's record. */
    private static byte[] superblocks(final LivePair live) throws IOException {
        try (InputStream record = Files.newInputStream(live.folder(0).resolve("meta/v.pair"))) {
            return record.readNBytes(SUPERBLOCKS);
        }
    }

    /** Without a pause: what is to be hit takes milliseconds. */
    private static void awaitChange(final LivePair live, final byte[] before) throws IOException {
        final Deadline deadline = Deadline.in(LONGEST_S);
        while (Arrays.equals(before, superblocks(live))) {
            assertFalse(deadline.isOver(), "the resize is not noted");
            Thread.onSpinWait();
        }
    }

    /** A node that is killed answers nobody; one whose peer is killed answers that it was lost. */
    private static int end(final CompletableFuture<Integer> command) throws InterruptedException, ExecutionException {
        return command.get();
    }

    private static void kill(final LivePair live, final Victim victim) throws Exception {
        for (int node = 0; node < 2; node++) {
            if (victim == Victim.BOTH || victim.ordinal() == node) {
                live.kill(node);
            }
        }
        for (int node = 0; node < 2; node++) {
            if (!live.process(node).isRunning()) {
                live.start(node);
            }
        }
    }

    /** A resize that was noted goes on once both are in step, and what the volume has grown by is copied then. */
    private static void awaitInStep(final LivePair live) {
        Wait.until(() -> {
            final boolean inStep = isInStep(live, 0) && isInStep(live, 1);
            return inStep && size(live, 0) == size(live, 1) && isInStep(live, 0);
        }, LONGEST_S, live::toString);
    }

    private static boolean isInStep(final LivePair live, final int node) {
        return live.status(node, "v").path("state").asText().equals("up-to-date");
    }

    private static long size(final LivePair live, final int node) {
        return live.status(node, "v").path("sizeBytes").asLong();
    }
}
