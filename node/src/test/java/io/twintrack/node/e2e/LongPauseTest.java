package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A node that stands still for longer than Aeron's clients and their time-outs live through. */
class LongPauseTest {
    private static final double LONG_PAUSE_S = 13;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    /**
     * So long that Aeron's time-outs end streams and clients on both sides. Of one pair the target is stopped, of
     * another the origin, whose clients can only wait.
     */
    @Test
    void longPausesOfEitherSideHeal() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final long seed = System.nanoTime();
        final Path one = Files.createDirectories(folder.resolve("one"));
        final Path two = Files.createDirectories(folder.resolve("two"));
        try (Pair left = new Pair(one).size(16 << 20).link("reply-timeout", "400 ms").link("tries", 5).start();
            Pair right = new Pair(two).size(16 << 20).link("reply-timeout", "400 ms").link("tries", 5).start()) {
            final StampedBlocks blocksLeft = new StampedBlocks(left.nbd(), "vol0", left.size(), seed);
            final StampedBlocks blocksRight = new StampedBlocks(right.nbd(), "vol0", right.size(), seed + 1);
            final Thread loadLeft = blocksLeft.start();
            final Thread loadRight = blocksRight.start();
            awaitProgress(blocksLeft);
            awaitProgress(blocksRight);
            left.target().signal("STOP");
            right.origin().signal("STOP");
            Wait.pass(LONG_PAUSE_S);
            left.target().signal("CONT");
            right.origin().signal("CONT");
            left.awaitUpToDate();
            right.awaitUpToDate();
            awaitProgress(blocksLeft);
            awaitProgress(blocksRight);
            blocksLeft.stop(loadLeft);
            blocksRight.stop(loadRight);
            assertTrue(left.origin().logged(Pair.SEVERED) > 0, "the stopped target is given up");
            assertEquals(0, blocksLeft.errors() + blocksRight.errors(), left + "\n" + right);
            blocksLeft.check();
            blocksRight.check();
            left.stopAndCompare();
            right.stopAndCompare();
        }
    }

    private static void awaitProgress(final StampedBlocks blocks) {
        final long goal = blocks.acknowledgements() + 300;
        Wait.until(() -> blocks.acknowledgements() >= goal, 20, blocks::toString);
    }
}
