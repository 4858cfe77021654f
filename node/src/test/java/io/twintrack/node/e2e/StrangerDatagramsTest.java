package io.twintrack.node.e2e;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.twintrack.transport.relay.Direction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Datagrams that the peer did not send, or sent long ago, reach the nodes' ports while clients work. */
class StrangerDatagramsTest {
    private static final int CAPTURED = 500;
    private static final int LONGEST_DATAGRAM = 65507;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void rawDatagramsAreDroppedAndCounted() throws IOException {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        final Random random = new Random(seed);
        final List<byte[]> captured = Collections.synchronizedList(new ArrayList<>());
        try (Pair pair = new Pair(folder).size(16 << 20).link("mtu", 8192).relayed(seed).start();
            DatagramChannel stranger = DatagramChannel.open()) {
            for (final Direction direction : Direction.values()) {
                pair.relay().faults(direction).filter(datagram -> capture(datagram, captured));
            }
            pair.verify(seed, 30);
            pair.relay().heal();
            assertTrue(captured.size() >= CAPTURED, () -> captured.size() + " captured");
            int sent = 0;
            try (Tool fio = Tool.start(folder, Fio.verify(pair.uri(), seed + 1))) {
                while (fio.isRunning() && sent < 100_000) {
                    final ByteBuffer datagram = ByteBuffer.wrap(strange(random, sent % 6, captured));
                    stranger.send(datagram, pair.targetAddress());
                    stranger.send(datagram.rewind(), pair.originAddress());
                    Wait.pass(sent++ % 16 == 0 ? 0.001 : 0);
                }
                fio.succeed(30);
            }
            final int all = sent;
            pair.stopAndCompare();
            assertUndisturbed(pair);
            for (final NodeProcess node : List.of(pair.origin(), pair.target())) {
                assertTrue(dropped(node) > all / 10, () -> "seed " + seed + ", of " + all + "\n" + node);
            }
        }
    }

    private static boolean capture(final ByteBuffer datagram, final List<byte[]> captured) {
        if (captured.size() < CAPTURED * 2) {
            final byte[] bytes = new byte[datagram.limit()];
            datagram.get(0, bytes);
            captured.add(bytes);
        }
        return false;
    }

    /** Empty, random, as long as can be, and what was once sent: a part of it, with more behind it, and as it was. */
    private static byte[] strange(final Random random, final int kind, final List<byte[]> captured) {
        final byte[] old = captured.get(random.nextInt(captured.size()));
        final byte[] bytes = switch (kind) {
            case 0 -> new byte[0];
            case 1 -> new byte[1 + random.nextInt(9000)];
            case 2 -> new byte[LONGEST_DATAGRAM];
            case 3 -> Arrays.copyOf(old, random.nextInt(old.length));
            case 4 -> Arrays.copyOf(old, old.length + 1 + random.nextInt(1000));
            default -> old;
        };
        if (kind == 1 || kind == 2) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    /** A publisher that knows Aeron, the ports and the streams. */
    @Test
    void framesOfAnotherAeronClientAreDroppedAndCounted() {
        Tool.assumeInstalled("fio", "cmp");
        final String directory = folder.resolve("stranger.aeron").toString();
        try (Pair pair = new Pair(folder).size(16 << 20).start();
            MediaDriver driver = MediaDriver.launch(new MediaDriver.Context().aeronDirectoryName(directory)
                .threadingMode(ThreadingMode.SHARED).dirDeleteOnStart(true).termBufferSparseFile(true));
            Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory))) {
            final List<Publication> publications = new ArrayList<>();
            for (final InetSocketAddress port : List.of(pair.originAddress(), pair.targetAddress())) {
                for (int stream = 1; stream <= 2; stream++) {
                    publications.add(aeron.addPublication(
                        "aeron:udp?term-length=64k|endpoint=127.0.0.1:" + port.getPort(), stream));
                }
            }
            final UnsafeBuffer message = new UnsafeBuffer(new byte[512]);
            try (Tool fio = Tool.start(folder, Fio.verify(pair.uri(), 1))) {
                while (fio.isRunning()) {
                    publications.forEach(publication -> {
                        publication.offer(message);
                        assertFalse(publication.isConnected(), "somebody takes what a stranger sends");
                    });
                    Wait.pass(0.005);
                }
                fio.succeed(1);
            }
            pair.stopAndCompare();
            assertTrue(dropped(pair.origin()) > 0, pair::toString);
            assertTrue(dropped(pair.target()) > 0, pair::toString);
            assertUndisturbed(pair);
            assertFalse(driver == null);
        }
    }

    /** A node that seals its datagrams as the peer does and claims the origin's name, from another address. */
    @Test
    void aNodeThatClaimsTheOriginsNameGetsNowhere() throws IOException {
        Tool.assumeInstalled("fio", "cmp");
        try (Pair pair = new Pair(folder).size(16 << 20).start()) {
            final Path impostorConfig = folder.resolve("impostor/node.yaml");
            Files.createDirectories(impostorConfig.getParent());
            Files.copy(pair.originImage(), folder.resolve("impostor/vol0.img"));
            Files.writeString(impostorConfig, Files.readString(pair.config("origin"))
                .replace("listen: 127.0.0.1:" + pair.originAddress().getPort(), "listen: 127.0.0.1:" + Ports.udp())
                .replace("listen: 127.0.0.1:" + pair.nbd().getPort(), "listen: 127.0.0.1:" + Ports.tcp()));
            try (NodeProcess impostor = NodeProcess.start(impostorConfig)) {
                impostor.awaitLogged("Running as", 1, 20);
                pair.verify(7, 30);
                Wait.pass(2);
                assertFalse(impostor.isServing(), impostor::toString);
                pair.stopAndCompare();
                assertUndisturbed(pair);
            }
        }
    }

    private static void assertUndisturbed(final Pair pair) {
        assertEquals(0, pair.origin().counted("requests that ended with an error"), pair::toString);
        pair.assertNeverParted();
    }

    private static long dropped(final NodeProcess node) {
        return node.counted("datagrams dropped: checksum") + node.counted("datagrams dropped: too short")
            + node.counted("datagrams dropped: lengths or places that cannot be")
            + node.counted("datagrams dropped: outside of the term, or terms too long");
    }
}
