package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A node that stops answering, or is killed, while clients write. */
class LostNodeTest {
    /** Reply time-out times tries, and what a busy machine adds. */
    private static final double GIVEN_UP_S = 2;
    private static final double SLACK_S = 10;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    private Pair pair() {
        return new Pair(folder).size(16 << 20).link("reply-timeout", "400 ms").link("tries", 5);
    }

    /** Writes wait and end well. */
    @Test
    void aTargetThatIsStoppedShortlyIsWaitedFor() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().link("tries", 50).start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            assertEquals(0, client.write(0, block(1)));
            pair.target().signal("STOP");
            final long startNs = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                client.send(NbdSocket.WRITE, i, i * 4096L, 4096, block(2));
            }
            Wait.pass(1);
            pair.target().signal("CONT");
            for (int i = 0; i < 20; i++) {
                client.receive();
                assertEquals(0, client.error(), pair::toString);
            }
            assertTrue(System.nanoTime() - startNs >= 1e9, "no write was answered without the target");
            assertEquals(0, pair.origin().logged(Pair.SEVERED), pair::toString);
            pair.stopAndCompare();
        }
    }

    @Test
    void aStoppedTargetIsGivenUpThenHealed() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            for (int i = 0; i < 20; i++) {
                assertEquals(0, client.write(i * 4096L, block(2)));
            }
            longerThanAllTries(pair, client);
            pair.stopAndCompare();
            assertEquals(1, pair.origin().logged(Pair.SEVERED), pair::toString);
        }
    }

    /** Writes wait no longer than the bound and go on, and what they changed is all that travels afterwards. */
    private static void longerThanAllTries(final Pair pair, final NbdSocket client) throws IOException {
        pair.target().signal("STOP");
        final long startNs = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            client.send(NbdSocket.WRITE, i, (1000 + i) * 4096L, 4096, block(3));
        }
        for (int i = 0; i < 50; i++) {
            client.receive();
            assertEquals(0, client.error(), pair::toString);
        }
        assertTrue(System.nanoTime() - startNs < (GIVEN_UP_S + SLACK_S) * 1e9, pair::toString);
        assertEquals(1, pair.origin().logged(Pair.SEVERED), "no write was answered before");
        assertEquals(0, client.write(8192, block(4)));
        assertEquals(0, client.flush());
        assertEquals(0, client.read(8192, 4096));
        assertArrayEquals(block(4), client.data());
        pair.target().signal("CONT");
        pair.awaitUpToDate();
        assertEquals(51 * 4096, pair.origin().bytesOfLastResync(), pair::toString);
        assertEquals(0, client.write(12288, block(5)));
        assertEquals(0, client.flush());
    }

    @Test
    void aKilledTargetComesBackByHand() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final long seed = System.nanoTime();
        try (Pair pair = pair().start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            final Thread load = blocks.start();
            Wait.until(() -> blocks.acknowledgements() > 300 && blocks.flushes() > 0, 20, blocks::toString);
            pair.target().signal("KILL");
            pair.awaitState("origin", "severed");
            awaitProgress(blocks);
            pair.startTarget();
            pair.awaitUpToDate();
            awaitProgress(blocks);
            blocks.stop(load);
            assertEquals(0, blocks.errors(), blocks::toString);
            blocks.check();
            pair.stopAndCompare();
        }
    }

    private static void awaitProgress(final StampedBlocks blocks) {
        final long before = blocks.acknowledgements();
        Wait.until(() -> blocks.acknowledgements() > before + 300, 20, blocks::toString);
    }

    @Test
    void aKilledOriginAsksItsPeerBeforeItServes() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final long seed = System.nanoTime();
        try (Pair pair = pair().start()) {
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            for (int kill = 0; kill < 2; kill++) {
                final Thread load = blocks.start();
                final long before = blocks.acknowledgements();
                Wait.until(() -> blocks.acknowledgements() > before + 500, 20, blocks::toString);
                pair.origin().signal("KILL");
                if (kill == 1) {
                    pair.target().signal("KILL");
                }
                blocks.stop(load);
                pair.startOrigin();
                if (kill == 1) {
                    pair.startTarget();
                }
                awaitFirstClient(pair);
                pair.awaitUpToDate();
                blocks.check();
                pair.assertImagesEqual();
            }
            assertEquals(0, blocks.errors(), blocks::toString);
            pair.stopAndCompare();
        }
    }

    /** As a client that tries again and again would find it: not a moment before both agreed on who has the data. */
    private static void awaitFirstClient(final Pair pair) {
        Wait.until(() -> {
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                assertTrue(pair.origin().logged("pair vol0: HANDSHAKING -> (DELTA_SYNC|UP_TO_DATE)") > 0,
                    pair::toString);
                assertEquals(0, client.read(0, 4096));
                return true;
            } catch (final IOException e) {
                return false;
            }
        }, 30, pair::toString);
    }

    @Test
    void whatDiffersAtTheStartIsCopiedFromTheOrigin() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().prepare()) {
            stamp(pair.originImage(), 0, 1);
            stamp(pair.originImage(), pair.size() - 512, 2);
            stamp(pair.targetImage(), 5 << 20, 3);
            pair.startOrigin();
            // Alone it serves nobody.
            pair.origin().awaitLogged("Running as", 1, 20);
            Wait.pass(1);
            assertFalse(pair.origin().isServing(), pair::toString);
            assertTrue(isRefused(pair), pair::toString);
            pair.startTarget();
            pair.origin().awaitServing(20);
            pair.awaitUpToDate();
            assertEquals(1, pair.origin().logged("pair vol0: FULL_SYNC -> UP_TO_DATE"), pair::toString);
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                assertEquals(0, client.read(pair.size() - 512, 512));
                assertEquals(2, client.data()[511]);
                assertEquals(0, client.read(5 << 20, 512));
                assertEquals(0, client.data()[0]);
            }
            pair.stopAndCompare();
            assertEquals(1, Files.readAllBytes(pair.targetImage())[0]);
            // What both sides proved equal by checksum did not travel.
            assertEquals(3 << 18, pair.origin().counted("bytes that resync copied"), pair::toString);
        }
    }

    private static boolean isRefused(final Pair pair) {
        try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            return client.size() < 0;
        } catch (final IOException e) {
            return true;
        }
    }

    private static void stamp(final Path image, final long offset, final int value) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(offset);
            final byte[] bytes = new byte[512];
            java.util.Arrays.fill(bytes, (byte) value);
            file.write(bytes);
        }
    }

    private static byte[] block(final int value) {
        final byte[] bytes = new byte[4096];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
