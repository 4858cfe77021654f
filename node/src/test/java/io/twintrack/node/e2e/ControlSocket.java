package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a node's control socket in the barest form of HTTP/1.0 (RFC 1945): one question, one answer, the end. */
final class ControlSocket {
    private static final String END_OF_HEADERS = "\r\n\r\n";

    private ControlSocket() {
    }

    /** @throws IOException when no node answers, or answers with an error. */
    static JsonNode get(final Path socket, final String path) throws IOException {
        final StringBuilder answer = new StringBuilder();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(StandardCharsets.US_ASCII.encode("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n"));
            final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
            while (channel.read(bytes.clear()) >= 0) {
                answer.append(StandardCharsets.UTF_8.decode(bytes.flip()));
            }
        }
        final int body = answer.indexOf(END_OF_HEADERS);
        if (body < 0 || !answer.substring(0, body).contains(" 200 ")) {
            throw new IOException("the node answered: " + answer);
        }
        return Json.MAPPER.readTree(answer.substring(body + END_OF_HEADERS.length()));
    }
}
