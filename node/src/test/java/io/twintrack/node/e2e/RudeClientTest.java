package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Clients that stop where they should not hold up nobody else. */
class RudeClientTest {
    private static final int LONG_WRITE = 1 << 20;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void othersFinishBesideClientsThatStopInTheMiddle() throws IOException {
        Tool.assumeInstalled("fio", "cmp");
        final List<AutoCloseable> rude = new ArrayList<>();
        try (Pair pair = new Pair(folder).start()) {
            try (Tool fio = Tool.start(folder, Fio.verify(pair.uri(), 3, "--size=16M"))) {
                // With those that were closed a moment ago, fewer than the 16 that a server takes by default.
                for (int i = 0; i < 3; i++) {
                    rude.add(stoppedInPayload(pair, i));
                    rude.add(deaf(pair.nbd()));
                    stoppedInPayload(pair, i).close();
                    rude.add(silent(pair.nbd()));
                }
                fio.succeed(30);
            }
            // They are still there, and a newcomer is served.
            try (NbdSocket newcomer = new NbdSocket(pair.nbd(), "vol0")) {
                assertEquals(0, newcomer.write(0, new byte[4096]));
                assertEquals(0, newcomer.flush());
                assertEquals(0, newcomer.read(20 << 20, 4096));
            }
            pair.stopAndCompare();
        } finally {
            for (final AutoCloseable client : rude) {
                closeQuietly(client);
            }
        }
    }

    /** Half of a payload, and no more. */
    private static NbdSocket stoppedInPayload(final Pair pair, final int place) throws IOException {
        final NbdSocket client = new NbdSocket(pair.nbd(), "vol0");
        client.send(NbdSocket.WRITE, 1, (16L + place) << 20, LONG_WRITE, new byte[LONG_WRITE / 2 + 77]);
        return client;
    }

    /** Asks for far more than sockets hold, and never reads. */
    private static NbdSocket deaf(final InetSocketAddress server) throws IOException {
        final NbdSocket client = new NbdSocket(server, "vol0");
        for (int i = 0; i < 100; i++) {
            client.send(NbdSocket.READ, i, i * 65536L, LONG_WRITE, null);
        }
        return client;
    }

    /** Connects, and says half of a word. */
    private static Socket silent(final InetSocketAddress server) throws IOException {
        final Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.getOutputStream().write(ByteBuffer.allocate(6).putInt(3).putShort((short) 0x4948).array());
        return socket;
    }

    private static void closeQuietly(final AutoCloseable client) {
        try {
            client.close();
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
