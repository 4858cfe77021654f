package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A verify beside clients on several connections that write over each other: what is on its way differs for a moment on
 * the two disks, and is no difference; what rotted is one, and is reported once.
 */
class VerifyBesideClientsTest {
    private static final int SIZE = 8 << 20;
    /** Small, so that a verify always meets writes. */
    private static final int HOT = 1 << 20;
    private static final int CONNECTIONS = 4;
    private static final int DEPTH = 16;
    private static final int BLOCK = 4096;
    private static final int LONGEST = 16 * BLOCK;
    private static final int VERIFIES = 8;
    private static final int FAILED = 1;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    /** One connection with {@link #DEPTH} writes on their way at any time, each anywhere in the same range. */
    private static final class Writer implements Runnable {
        private final Pair pair;
        private final Random random;
        private final AtomicLong done;
        private volatile boolean stopping;
        private volatile Throwable failure;

        Writer(final Pair pair, final long seed, final AtomicLong done) {
            this.pair = pair;
            this.random = new Random(seed);
            this.done = done;
        }

        @Override
        public void run() {
            try (NbdSocket socket = new NbdSocket(pair.nbd(), "vol0")) {
                for (int i = 0; i < DEPTH; i++) {
                    send(socket, i);
                }
                while (!stopping) {
                    final long cookie = receive(socket);
                    send(socket, cookie);
                }
                for (int i = 0; i < DEPTH; i++) {
                    receive(socket);
                }
            } catch (final IOException | RuntimeException e) {
                failure = e;
            }
        }

        private void send(final NbdSocket socket, final long cookie) throws IOException {
            final byte[] bytes = new byte[BLOCK * (1 + random.nextInt(LONGEST / BLOCK))];
            random.nextBytes(bytes);
            final long offset = (long) BLOCK * random.nextInt((HOT - bytes.length) / BLOCK + 1);
            socket.send(NbdSocket.WRITE, cookie, offset, bytes.length, bytes);
        }

        private long receive(final NbdSocket socket) throws IOException {
            final long cookie = socket.receive();
            if (socket.error() != 0) {
                throw new IOException("a write ended with error " + socket.error());
            }
            done.incrementAndGet();
            return cookie;
        }
    }

    @Test
    void writesOnTheirWayAreNoDifferenceAndRotIsOne() throws Exception {
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = new Pair(folder).size(SIZE).targetListens().start()) {
            final AtomicLong done = new AtomicLong();
            final List<Writer> writers = new ArrayList<>();
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                writers.add(new Writer(pair, seed + i, done));
                threads.add(new Thread(writers.get(i), "writer-" + i));
                threads.get(i).start();
            }
            Wait.until(() -> pair.status("origin").path("clients").asInt() == CONNECTIONS && done.get() > 100, 30,
                () -> "seed " + seed + ": " + done + " writes; " + pair);
            verify(pair, done, seed);
            for (int i = 0; i < CONNECTIONS; i++) {
                writers.get(i).stopping = true;
                threads.get(i).join(30_000);
                assertNull(writers.get(i).failure, () -> "seed " + seed);
            }
        }
    }

    private void verify(final Pair pair, final AtomicLong done, final long seed) throws IOException {
        final CommandLine origin = pair.command("origin");
        for (int i = 0; i < VERIFIES; i++) {
            final long before = done.get();
            final String said = origin.run("pair", "verify", "vol0", "--wait");
            assertTrue(said.endsWith("both sides of pair vol0 are equal\n"), () -> "seed " + seed + ": " + said);
            assertTrue(done.get() > before, () -> "seed " + seed + ": nobody wrote meanwhile");
        }
        rot(pair.targetImage(), SIZE - 3 * BLOCK);
        final String said = origin.fail(FAILED, "1 ranges of pair vol0 differ", "pair", "verify", "vol0", "--wait");
        assertTrue(said.contains("differs at byte " + (SIZE - 3 * BLOCK) + ", " + BLOCK + " bytes"),
            () -> "seed " + seed + ": " + said);
        assertEquals(1, pair.status("origin").path("verify").path("differences").asInt());
    }

    private static void rot(final Path image, final long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rwd")) {
            file.seek(offset);
            final int old = file.read();
            file.seek(offset);
            file.write(old ^ 4);
        }
    }
}
