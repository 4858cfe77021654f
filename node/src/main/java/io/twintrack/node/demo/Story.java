package io.twintrack.node.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.config.Endpoint;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What the demo tells: copy in, sever, write on, re-establish, compare, and let the other side be the primary. Each
 * step is a command that a person could give, and each number comes from a node.
 */
final class Story implements AutoCloseable {
    private final PairControl origin;
    private final PairControl target;
    private final DemoContent content;
    private final DemoResult result;
    private final PrintWriter out;

    Story(
        final PairControl origin, final PairControl target, final DemoContent content, final DemoResult result,
        final PrintWriter out) {
        this.origin = origin;
        this.target = target;
        this.content = content;
        this.result = result;
        this.out = out;
    }

    /** @param nbd where the origin's clients attach. @param targetNbd where those of the target do. */
    void tell(final Endpoint nbd, final Endpoint targetNbd) throws IOException, CommandFailedException {
        makePrimary(origin, target);
        origin.awaitEqual();
        try (NbdClient client = attach(nbd)) {
            copyIn(client);
            severAndWriteOn(client);
        }
        reestablish();
        verify();
        switchOver(targetNbd);
    }

    private static NbdClient attach(final Endpoint nbd) throws IOException {
        return NbdClient.connect(nbd, DemoFolder.VOLUME, Transfer.DEPTH, Transfer.REQUEST_LENGTH);
    }

    private void copyIn(final NbdClient client) throws IOException {
        final Transfer transfer = new Transfer(client, content);
        try (Progress progress = Progress.of("copying in", content.length())) {
            result.writes = transfer.copyIn(progress);
        }
        try (Progress progress = Progress.of("reading back", content.length())) {
            result.readBackDifference = transfer.readBack(progress);
        }
    }

    private void severAndWriteOn(final NbdClient client) throws IOException, CommandFailedException {
        say("sever", origin.command("sever"));
        content.change();
        new Transfer(client, content).writeChanges();
        final JsonNode status = origin.status();
        result.changedTracks = status.path("changedTracks").asLong();
        result.totalTracks = status.path("totalTracks").asLong();
        result.trackBytes = status.path("trackBytes").asLong();
        result.copiedBytes = status.path("copiedBytes").asLong();
        say("write on", content.changes() + " blocks are overwritten; " + result.changedTracks + " of "
            + result.totalTracks + " tracks changed");
    }

    private void reestablish() throws IOException, CommandFailedException {
        say("re-establish", origin.command("reestablish"));
        result.copiedBytes = origin.awaitEqual().path("copiedBytes").asLong() - result.copiedBytes;
        say("resync", result.copiedBytes / result.trackBytes + " of " + result.totalTracks + " tracks travelled");
    }

    private void verify() throws IOException, CommandFailedException {
        origin.command("verify");
        final JsonNode verify = origin.await("the end of the verify",
            status -> status.path("verify").isObject() && !status.path("verify").path("running").asBoolean())
            .path("verify");
        result.differences = verify.path("differences").asLong();
        say("verify", result.differences + " differences in " + verify.path("doneBytes").asLong() + " bytes");
    }

    /** The data is read where it is the primary copy now; in the end all is as it was before. */
    private void switchOver(final Endpoint targetNbd) throws IOException, CommandFailedException {
        origin.await("its clients to be gone", status -> status.path("clients").asInt() == 0);
        makePrimary(target, origin);
        target.awaitEqual();
        try (NbdClient client = attach(targetNbd);
             Progress progress = Progress.of("reading on the target", content.length())) {
            result.promotedDifference = new Transfer(client, content).readBack(progress);
        }
        target.await("its clients to be gone", status -> status.path("clients").asInt() == 0);
        makePrimary(origin, target);
        origin.awaitEqual();
    }

    private void makePrimary(final PairControl next, final PairControl other)
        throws IOException, CommandFailedException {
        if (!next.isPrimary()) {
            say("demote", other + ": " + other.command("demote"));
            say("promote", next + ": " + next.command("promote", Map.of("force", false)));
        }
    }

    private void say(final String step, final String what) {
        out.println(String.format("%-13s %s", step, what));
        out.flush();
    }

    @Override
    public void close() {
        origin.close();
        target.close();
    }
}
