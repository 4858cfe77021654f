package io.twintrack.bench.system;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A client of QEMU's monitor protocol: one command at a time over a Unix socket. Source: QEMU, docs/interop/qmp-spec.
 * The daemon ends when the bench stops it, so a read that waits for an answer ends with it.
 */
final class Qmp implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final SocketChannel channel;
    private final JsonParser answers;
    private final Set<String> events = new HashSet<>();

    private Qmp(final SocketChannel channel) throws IOException {
        this.channel = channel;
        this.answers = JSON.createParser(Channels.newInputStream(channel));
    }

    static Qmp connect(final Path socket) throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            final Qmp qmp = new Qmp(channel);
            if (!qmp.next().has("QMP")) {
                throw new IOException("no QMP greeting on " + socket);
            }
            qmp.execute("qmp_capabilities", Map.of());
            return qmp;
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** @throws IOException if QEMU refuses it. */
    void execute(final String command, final Map<String, ?> arguments) throws IOException {
        final byte[] request = JSON.writeValueAsBytes(Map.of("execute", command, "arguments", arguments));
        final ByteBuffer buffer = ByteBuffer.wrap(request);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        JsonNode answer = next();
        while (!answer.has("return")) {
            if (answer.has("error")) {
                throw new IOException(command + ": " + answer.path("error").path("desc").asText());
            }
            events.add(answer.path("event").asText());
            answer = next();
        }
    }

    /** Also one that came while a command was being answered. */
    void awaitEvent(final String name) throws IOException {
        while (!events.remove(name)) {
            events.add(next().path("event").asText());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private JsonNode next() throws IOException {
        final JsonNode node = JSON.readTree(answers);
        if (node == null || node.isMissingNode()) {
            throw new IOException("QEMU closed its monitor");
        }
        return node;
    }
}
