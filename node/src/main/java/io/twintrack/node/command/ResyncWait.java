package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.node.demo.Progress;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits until both sides of a pair are equal, and shows how far that is. */
final class ResyncWait {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A person has to do something first. */
    private static final Set<String> STUCK = Set.of("severed", "diverged");

    private final ControlClient client;
    private final String pair;

    ResyncWait(final ControlClient client, final String pair) {
        this.client = client;
        this.pair = pair;
    }

    /** @return 0. @throws CommandFailedException when it ends otherwise. */
    int await() throws IOException, RefusedException, CommandFailedException {
        JsonNode status = status();
        while (!status.path("state").asText().equals("up-to-date")) {
            if (STUCK.contains(status.path("state").asText())) {
                throw new CommandFailedException("pair " + pair + " is " + status.path("state").asText() + ": "
                    + status.path("reason").asText());
            }
            status = status.path("resync").isObject() ? showResync(status) : later();
        }
        return 0;
    }

    /** @return the first status in which that resync does not run any more. */
    private JsonNode showResync(final JsonNode first) throws IOException, RefusedException {
        JsonNode status = first;
        final String kind = first.path("resync").path("kind").asText();
        try (Progress progress = Progress.of(kind + " resync", first.path("resync").path("totalBytes").asLong())) {
            while (status.path("resync").path("kind").asText().equals(kind)) {
                final JsonNode resync = status.path("resync");
                progress.show(resync.path("doneBytes").asLong(), StatusText.pace(resync));
                status = later();
            }
        }
        return status;
    }

    private JsonNode later() throws IOException, RefusedException {
        LockSupport.parkNanos(LOOK_NS);
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
        return status();
    }

    private JsonNode status() throws IOException, RefusedException {
        return client.get("/v1/pairs/" + pair);
    }
}
