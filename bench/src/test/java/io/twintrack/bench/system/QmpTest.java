package io.twintrack.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QmpTest {
    private static final String GREETING = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n";
    private static final String DONE = "{\"return\": {}}\r\n";
    private static final String READY = "{\"event\": \"BLOCK_JOB_READY\", \"data\": {\"device\": \"pair\"}}\r\n";

    @TempDir
    private Path dir;

    @Test
    void findsAnEventThatCameBeforeTheAnswer() {
        talk(GREETING + DONE + READY + DONE, qmp -> {
            qmp.execute("blockdev-mirror", Map.of("job-id", "pair"));
            qmp.awaitEvent("BLOCK_JOB_READY");
        });
    }

    @Test
    void findsAnEventThatComesLaterAmongOthers() {
        talk(GREETING + DONE + DONE + "{\"event\": \"JOB_STATUS_CHANGE\"}\r\n" + READY, qmp -> {
            qmp.execute("blockdev-mirror", Map.of());
            qmp.awaitEvent("BLOCK_JOB_READY");
        });
    }

    @Test
    void tellsWhatQemuRefused() {
        talk(GREETING + DONE + "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no such node\"}}\r\n", qmp -> {
            final IOException e = assertThrows(IOException.class, () -> qmp.execute("x", Map.of()));
            assertEquals("x: no such node", e.getMessage());
        });
    }

    @Test
    void doesNotWaitForADaemonThatIsGone() {
        talk(GREETING + DONE, qmp -> assertThrows(IOException.class, () -> qmp.awaitEvent("BLOCK_JOB_READY")));
    }

    private interface Talk {
        void with(Qmp qmp) throws IOException;
    }

    private void talk(final String script, final Talk talk) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            final Path socket = dir.resolve("qmp");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                final CompletableFuture<Void> daemon = CompletableFuture.runAsync(() -> say(server, script));
                try (Qmp qmp = Qmp.connect(socket)) {
                    talk.with(qmp);
                }
                daemon.join();
            }
        });
    }

    /** Says all of it at once, ends its side, and listens until the client hangs up. */
    private static void say(final ServerSocketChannel server, final String script) {
        try (SocketChannel client = server.accept()) {
            client.write(ByteBuffer.wrap(script.getBytes(StandardCharsets.UTF_8)));
            client.shutdownOutput();
            while (client.read(ByteBuffer.allocate(1024)) >= 0) {
                Thread.onSpinWait();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
