package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.node.demo.Progress;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for the end of a verify, and shows how far it is. */
final class VerifyWait {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ControlClient client;
    private final String pair;

    VerifyWait(final ControlClient client, final String pair) {
        this.client = client;
        this.pair = pair;
    }

    /** @return 0 when both sides are equal. @throws CommandFailedException when something differs. */
    int await(final PrintWriter out) throws IOException, RefusedException, CommandFailedException {
        JsonNode verify = verify();
        try (Progress progress = Progress.of("verify " + pair, verify.path("totalBytes").asLong())) {
            while (verify.path("running").asBoolean()) {
                progress.show(verify.path("doneBytes").asLong(), "");
                LockSupport.parkNanos(LOOK_NS);
                if (Thread.currentThread().isInterrupted()) {
                    throw new IOException("interrupted");
                }
                verify = verify();
            }
            progress.show(verify.path("doneBytes").asLong(), "");
        }
        final long differences = verify.path("differences").asLong();
        if (differences != 0) {
            verify.path("ranges").forEach(range -> out.println("differs at byte "
                + range.path("offsetBytes").asLong() + ", " + range.path("lengthBytes").asLong() + " bytes"));
            throw new CommandFailedException(differences + " ranges of pair " + pair + " differ; mend them with: "
                + "twintrack pair verify " + pair + " --repair-from primary|redundant");
        }
        if (!verify.path("complete").asBoolean()) {
            throw new CommandFailedException("the verify of pair " + pair + " ended before it was through");
        }
        out.println("both sides of pair " + pair + " are equal");
        return 0;
    }

    private JsonNode verify() throws IOException, RefusedException {
        return client.get("/v1/pairs/" + pair).path("verify");
    }
}
