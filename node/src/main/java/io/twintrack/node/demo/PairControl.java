package io.twintrack.node.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.StopSignal;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The demo's pair as one of its nodes has it: asked and commanded as a person would, over the control socket. */
final class PairControl implements AutoCloseable {
    private static final String PATH = "/v1/pairs/" + DemoFolder.VOLUME;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Side side;
    private final ControlClient client;
    private final StopSignal stop;
    private final long longestS;

    /** @param longestS how long what was begun may take. */
    PairControl(final Side side, final Path socket, final StopSignal stop, final long longestS) throws IOException {
        this.side = side;
        this.client = new ControlClient(socket);
        this.stop = stop;
        this.longestS = longestS;
    }

    JsonNode status() throws IOException, CommandFailedException {
        try {
            return client.get(PATH);
        } catch (final RefusedException e) {
            throw failed("status", e);
        }
    }

    /** @return what was done. */
    String command(final String command, final Map<String, ?> fields) throws IOException, CommandFailedException {
        try {
            return client.post(PATH + '/' + command, fields).path("done").asText();
        } catch (final RefusedException e) {
            throw failed(command, e);
        }
    }

    String command(final String command) throws IOException, CommandFailedException {
        return command(command, Map.of());
    }

    boolean isPrimary() throws IOException, CommandFailedException {
        return status().path("role").asText().equals("primary");
    }

    JsonNode awaitEqual() throws IOException, CommandFailedException {
        return await("both sides to be equal", status -> status.path("state").asText().equals("up-to-date"));
    }

    /** @return the status for which it holds. */
    JsonNode await(final String what, final Predicate<JsonNode> condition) throws IOException, CommandFailedException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(longestS);
        JsonNode status = status();
        while (!condition.test(status)) {
            if (stop.isRequested()) {
                throw new CommandFailedException("stopped before the end");
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new CommandFailedException("the " + side.word() + " waited " + longestS + " s for " + what
                    + "; the pair is " + status.path("state").asText() + ": " + status.path("reason").asText());
            }
            LockSupport.parkNanos(LOOK_NS);
            status = status();
        }
        return status;
    }

    @Override
    public String toString() {
        return side.word();
    }

    @Override
    public void close() {
        client.close();
    }

    private CommandFailedException failed(final String command, final RefusedException e) {
        return new CommandFailedException("the " + side.word() + " refused \"pair " + command + "\": " + e.getMessage()
            + "; rule: " + e.rule() + "; allowed: " + e.allowed());
    }
}
