package io.twintrack.node.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrack.node.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests with anything in them: each is answered or refused within a bound, and what is said can be written as JSON.
 * Files are named in the test's folder alone, since a volume's file is made where the request says.
 */
class ControlFuzzTest {
    private static final Logger LOG = LoggerFactory.getLogger(ControlFuzzTest.class);
    private static final long BOUND_S = 10;
    private static final String[] METHODS = {"GET", "POST", "DELETE", "PUT", "?"};
    private static final String[] PLACES = {"v1", "node", "alerts", "disks", "volumes", "pairs", "vol0", "vol1", "grow",
        "shrink", "sever", "reestablish", "promote", "demote", "resize", "verify", "repair", "accept-disk", "..", ""};
    private static final String[] KEYS = {"name", "sizeBytes", "hba", "layout", "stripeBytes", "path", "extents",
        "volume", "peer", "remoteVolume", "role", "mode", "trackBytes", "keep", "force", "from", "unknown"};
    private static final String[] VALUES = {"null", "true", "-1", "4096", "8192", "4097", "0.5", "1e400",
        "9223372036854775807", "99999999999999999999", "\"vol0\"", "\"vol1\"", "\"hba0\"", "\"host-b\"", "\"striped\"",
        "\"linear\"", "\"primary\"", "\"redundant\"", "\"memory\"", "\"disk\"", "\"local\"", "\"a\\u0000b\"", "\"\"",
            "[]",
        "{}", "[{}]", "[null]"};
    private static final String[] HEADERS = {"", "\r\n", "Content-Length: 3\r\n\r\n", "Content-Length: -1\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "Expect: 100-continue\r\n\r\n",
        "Connection: close\r\n"};
    private static final String[] QUERIES = {null, "", "files=keep", "files=remove", "files", "%"};

    @TempDir
    private static Path folder;
    private static ControlRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new ControlRig(folder, 5_000);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @FuzzTest(maxDuration = "2m")
    void requests(final FuzzedDataProvider data) throws Exception {
        final StringBuilder path = new StringBuilder(data.consumeBoolean() ? "/v1" : "");
        for (int i = data.consumeInt(0, 4); i > 0; i--) {
            path.append('/').append(data.consumeInt(0, 7) == 0 ? data.consumeString(8) : data.pickValue(PLACES));
        }
        ask(data.pickValue(METHODS), path.toString(), data.pickValue(QUERIES),
            object(data, 0).getBytes(StandardCharsets.UTF_8));
    }

    /** The body is no object that names a file, so it may be anything. */
    @FuzzTest(maxDuration = "2m")
    void bodies(final FuzzedDataProvider data) throws Exception {
        final String path = data.pickValue(new String[] {"/v1/pairs", "/v1/pairs/vol0/resize",
            "/v1/volumes/vol0/grow"});
        ask("POST", path, null, data.consumeRemainingAsBytes());
    }

    /** What comes over the socket, through the parser: whatever it is, the server answers it or hangs up, and lives. */
    @FuzzTest(maxDuration = "2m")
    void bytesOnTheSocket(final FuzzedDataProvider data) throws Exception {
        final String start = data.consumeBoolean() ? data.pickValue(METHODS) + " /v1/" + data.pickValue(PLACES)
            + " HTTP/1.1\r\nHost: x\r\n" + data.pickValue(HEADERS) : "";
        final byte[] rest = data.consumeRemainingAsBytes();
        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        sent.writeBytes(start.getBytes(StandardCharsets.ISO_8859_1));
        sent.writeBytes(rest);
        final String answer = CompletableFuture.supplyAsync(() -> exchange(sent.toByteArray()))
            .get(BOUND_S, TimeUnit.SECONDS);
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1."), answer);
        assertFalse(answer.startsWith("HTTP/1.1 500"), answer);
        assertTrue(exchange("GET /v1/pairs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 200"));
    }

    /** @return all that the server said until it hung up; nothing of what it did not wait for. */
    private static String exchange(final byte[] request) {
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(rig.config.control()));
            channel.write(ByteBuffer.wrap(request));
            channel.shutdownOutput();
            final ByteBuffer part = ByteBuffer.allocate(4096);
            while (channel.read(part) >= 0) {
                answer.write(part.array(), 0, part.position());
                part.clear();
            }
        } catch (final IOException e) {
            LOG.debug("the server hung up: {}", e.toString());
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static String object(final FuzzedDataProvider data, final int depth) {
        final StringBuilder text = new StringBuilder("{");
        for (int i = data.consumeInt(0, 6); i > 0; i--) {
            final String key = data.pickValue(KEYS);
            text.append('"').append(key).append("\":").append(value(key, data, depth)).append(i > 1 ? "," : "");
        }
        return text.append('}').toString();
    }

    private static String value(final String key, final FuzzedDataProvider data, final int depth) {
        if (key.equals("path")) {
            return "\"" + folder.resolve(data.pickValue(new String[] {"vol0.img", "new.img", "no/such/new.img", "."}))
                + "\"";
        }
        if (key.equals("extents") && depth == 0) {
            return "[" + object(data, 1) + (data.consumeBoolean() ? "," + object(data, 1) : "") + "]";
        }
        return key.endsWith("Bytes") && data.consumeBoolean() ? Integer.toString(data.consumeInt(0, 4) * 4096)
            : data.pickValue(VALUES);
    }

    private static void ask(final String method, final String path, final String query, final byte[] body)
        throws Exception {
        Answer answer;
        try {
            answer = rig.control.routes().answer(method, path, query, body).get(BOUND_S, TimeUnit.SECONDS);
        } catch (final Refusal refusal) {
            answer = Answer.of(refusal);
        } catch (final java.util.concurrent.ExecutionException e) {
            answer = refused(e.getCause());
        }
        assertTrue(answer.status() >= 200 && answer.status() < 500 || answer.status() == 503, "status "
            + answer.status());
        assertNotNull(Json.MAPPER.writeValueAsString(answer.body()));
    }

    private static Answer refused(final Throwable failure) throws Exception {
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return Answer.of(refusal);
        }
        throw new AssertionError("neither answered nor refused", cause);
    }
}
