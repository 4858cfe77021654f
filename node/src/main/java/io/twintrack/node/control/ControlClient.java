package io.twintrack.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Asks a running node over its control socket. One thread. */
public final class ControlClient implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int SUCCESS = 2;

    private final Path socket;
    private final HttpClient client = new HttpClient();

    /** @throws IOException when it cannot start. */
    public ControlClient(final Path socket) throws IOException {
        this.socket = socket;
        final QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setDaemon(true);
        client.setExecutor(threads);
        // Making a large volume's files takes as long as it takes.
        client.setIdleTimeout(0);
        try {
            client.start();
        } catch (final Exception e) {
            throw new IOException(e.toString(), e);
        }
    }

    /** The node answered that it will not. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String rule;
        private final String allowed;
        private final String when;

        RefusedException(final int status, final JsonNode body) {
            super(body.path("error").asText("the node answered " + status));
            this.status = status;
            this.rule = body.path("rule").textValue();
            this.allowed = body.path("allowed").textValue();
            this.when = body.path("when").textValue();
        }

        /** Of HTTP. */
        public int status() {
            return status;
        }

        /** That forbids it; {@code null} when the program itself failed. */
        public String rule() {
            return rule;
        }

        /** The command that is allowed; {@code null} when the program itself failed. */
        public String allowed() {
            return allowed;
        }

        /** Where or when that is allowed; {@code null}: here and now. */
        public String when() {
            return when;
        }
    }

    /** @throws IOException when no node answers. */
    public JsonNode get(final String path) throws IOException, RefusedException {
        return ask(request(path, "GET"));
    }

    /** @throws IOException when no node answers. */
    public JsonNode delete(final String path) throws IOException, RefusedException {
        return ask(request(path, "DELETE"));
    }

    /** @param fields that are null are left out. @throws IOException when no node answers. */
    public JsonNode post(final String path, final Map<String, ?> fields) throws IOException, RefusedException {
        return ask(request(path, "POST").body(new StringRequestContent("application/json", Json.text(fields))));
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (final Exception e) {
            throw new IllegalStateException("the client does not stop", e);
        }
    }

    private Request request(final String path, final String method) {
        return client.newRequest("http://localhost" + path).transport(new Transport.TCPUnix(socket)).method(method);
    }

    private JsonNode ask(final Request request) throws IOException, RefusedException {
        try {
            final ContentResponse response = request.send();
            final JsonNode body = Json.MAPPER.readTree(response.getContentAsString());
            if (response.getStatus() / 100 != SUCCESS) {
                throw new RefusedException(response.getStatus(), body);
            }
            return body;
        } catch (final ExecutionException e) {
            throw new IOException(reason(e.getCause()), e.getCause());
        } catch (final JsonProcessingException e) {
            throw new IOException("what answers there is no node of Twintrack", e);
        } catch (final TimeoutException e) {
            throw new IOException("it does not answer", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String reason(final Throwable cause) {
        return cause instanceof SocketException
            ? "nobody listens there (" + cause.getMessage() + ')' : cause.toString();
    }
}
