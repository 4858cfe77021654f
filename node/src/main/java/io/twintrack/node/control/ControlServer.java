package io.twintrack.node.control;

import io.twintrack.node.IoErrors;
import io.twintrack.node.Json;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/**
 * HTTP/1.1 and JSON on a Unix socket that only this user may open. It carries requests to the {@link ControlRoutes} and
 * their answers back, and turns whatever goes wrong into a status and {@code {"error":...,"rule":...,"allowed":...,
 * "when":...}}. A thread serves a request only while there is something to do for it.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final String OWNER_ONLY = "rw-------";
    private static final int LONGEST_BODY = 64 << 10;
    private static final int MOST_THREADS = 8;
    private static final int LEAST_THREADS = 2;
    private static final long IDLE_MS = 60_000;
    private static final int BUG = 500;

    private final Path socket;
    private final ControlRoutes routes;
    private final QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    private final Server server = new Server(threads);
    private boolean listening;

    private ControlServer(final Path socket, final ControlRoutes routes) {
        this.socket = socket;
        this.routes = routes;
    }

    /** @throws IOException that says why it cannot listen. */
    public static ControlServer start(final Path socket, final ControlRoutes routes) throws IOException {
        final ControlServer control = new ControlServer(socket, routes);
        try {
            control.listen();
            return control;
        } catch (final IOException e) {
            control.close();
            throw new IOException("it cannot listen for commands on " + socket + ": " + IoErrors.sentence(e), e);
        }
    }

    @Override
    public void close() {
        try {
            server.stop();
            if (listening) {
                Files.deleteIfExists(socket);
            }
        } catch (final Exception e) {
            LOG.warn("The control endpoint does not close: {}", e.toString());
        }
    }

    private void listen() throws IOException {
        removeAbandoned(socket);
        // Bound under another name, so that nobody finds it before its mode is set.
        final Path hidden = socket.resolveSibling('.' + socket.getFileName().toString());
        Files.deleteIfExists(hidden);
        final UnixDomainServerConnector connector =
            new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(httpConfiguration()));
        connector.setUnixDomainPath(hidden);
        connector.setIdleTimeout(IDLE_MS);
        threads.setName("control");
        threads.setDaemon(true);
        server.addConnector(connector);
        server.setHandler(new Entry());
        server.setErrorHandler(ControlServer::onHttpError);
        try {
            server.start();
        } catch (final Exception e) {
            throw e instanceof IOException io ? io : new IOException(e.toString(), e);
        }
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString(OWNER_ONLY));
        Files.move(hidden, socket, StandardCopyOption.ATOMIC_MOVE);
        listening = true;
    }

    /** A killed process leaves its socket's name behind: one that nobody answers on may go. */
    private static void removeAbandoned(final Path socket) throws IOException {
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
                throw new IOException("there is a file of that name that is no socket");
            }
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(UnixDomainSocketAddress.of(socket));
                throw new IOException("another process listens there");
            } catch (final ConnectException e) {
                Files.delete(socket);
            }
        }
    }

    private static HttpConfiguration httpConfiguration() {
        final HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        return configuration;
    }

    private final class Entry extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(final Request request, final Response response, final Callback callback) {
            // A command may take longer than a connection may be idle.
            request.addIdleTimeoutListener(timeout -> false);
            Content.Source.asByteArrayAsync(request, LONGEST_BODY).whenComplete((body, unread) -> {
                if (unread != null) {
                    answer(response, callback, Answer.of(Refusal.malformed(NodeRule.HTTP,
                        "the body cannot be read, or is longer than " + LONGEST_BODY + " bytes")));
                } else {
                    routed(request, body).whenCompleteAsync(
                        (answer, failure) -> answer(response, callback, failure == null ? answer : failed(failure)),
                        threads);
                }
            });
            return true;
        }
    }

    private CompletableFuture<Answer> routed(final Request request, final byte[] body) {
        return CompletableFuture.completedFuture(body).thenComposeAsync(
            bytes -> routes.answer(request.getMethod(), Request.getPathInContext(request),
                request.getHttpURI().getQuery(), bytes), threads);
    }

    private Answer failed(final Throwable failure) {
        final Throwable cause = failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return Answer.of(refusal);
        }
        if (cause instanceof TimeoutException) {
            return Answer.of(routes.late());
        }
        LOG.error("A request to the control endpoint failed", cause);
        return new Answer(BUG, new Refusal.Fault("a fault of this program: " + cause));
    }

    /** What HTTP itself refuses. */
    private static boolean onHttpError(final Request request, final Response response, final Callback callback) {
        answer(response, callback, Answer.of(Refusal.http(response.getStatus())));
        return true;
    }

    private static void answer(final Response response, final Callback callback, final Answer answer) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        final byte[] json = (Json.pretty(answer.body()) + '\n').getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(json), callback);
    }
}
