package io.twintrack.bench.pair;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.control.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One pair of a running node, commanded as a user would: over its control socket. One thread. */
public final class PairOverHttp implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ControlClient client;
    private final String path;

    public PairOverHttp(final Path socket, final String pair) throws IOException {
        client = new ControlClient(socket);
        path = "/v1/pairs/" + pair;
    }

    public JsonNode status() throws IOException {
        try {
            return client.get(path);
        } catch (final ControlClient.RefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    public void command(final String name) throws IOException {
        try {
            client.post(path + '/' + name, Map.of());
        } catch (final ControlClient.RefusedException e) {
            throw new IOException(name + ": " + e.getMessage() + "; rule: " + e.rule(), e);
        }
    }

    /** @throws IOException when it does not get there in time. */
    public void await(final String state, final Duration limit) throws IOException {
        final long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!status().path("state").asText().equals(state)) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("the pair never was " + state + ": " + status());
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
