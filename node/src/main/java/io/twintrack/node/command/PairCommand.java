package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Json;
import io.twintrack.node.Twintrack;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The pairs of a running node. */
@Command(
    name = "pair",
    description = "Establishes pairs on a running node, shows and changes their state, and ends them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = HelpCommand.class)
public final class PairCommand {
    private static final String WAIT = "Waits until both sides are equal, with a progress bar; exit code 1 when it "
        + "ends otherwise.";

    @Spec
    private CommandSpec spec;

    /** In the words of the command line and of JSON. */
    enum Keep {
        none, local, peer
    }

    /** In the words of the command line and of JSON. */
    enum Side {
        primary, redundant
    }

    /** In the words of the command line and of JSON. */
    enum Mode {
        disk, memory, local
    }

    @Command(name = "status", description = "Shows all pairs, or all of one.", mixinStandardHelpOptions = true)
    int status(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the pair.") final String name,
        @Option(names = "--json", description = "As JSON; docs/CONTROL.md describes it.") final boolean json,
        @Option(names = "--watch", description = "Shows it again every second, until interrupted.")
        final boolean watch) throws CommandFailedException {
        return node.ask(client -> {
            final StatusView view = new StatusView(
                () -> status(client, name, json),
                answer -> json ? Json.pretty(answer) : text(answer), spec.commandLine().getOut());
            return watch ? view.watch() : view.show();
        });
    }

    @Command(name = "establish", mixinStandardHelpOptions = true,
        description = "Begins to mirror a volume to a peer, which must have a volume for it.")
    int establish(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", paramLabel = "VOLUME", converter = Twintrack.Name.class,
            description = "Of this node.") final String volume,
        @Option(names = "--peer", paramLabel = "NAME", converter = Twintrack.Name.class, required = true,
            description = "As the node's file calls it.") final String peer,
        @Option(names = "--remote-volume", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the peer; default: called as the one here.") final String remoteVolume,
        @Option(names = "--name", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the pair; default: the volume's.") final String name,
        @Option(names = "--role", description = "Of this side: ${COMPLETION-CANDIDATES}; default: primary.")
        final Side role,
        @Option(names = "--mode",
            description = "When a write is answered: ${COMPLETION-CANDIDATES}; default: disk.") final Mode mode,
        @Option(names = "--track", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "The unit in which changes are remembered, 4 KiB to 1 MiB; default: 4 KiB.")
        final Long track,
        @Option(names = "--resync-floor", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "Bytes a second that resync moves whatever clients do; default: clients come first.")
        final Long resyncFloor,
        @Option(names = "--resync-ceiling", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "Bytes a second that resync moves at most, 64 KiB or more; default: no limit.")
        final Long resyncCeiling,
        @Option(names = "--wait", description = WAIT) final boolean wait) throws CommandFailedException {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("resyncFloorBytes", resyncFloor);
        fields.put("resyncCeilingBytes", resyncCeiling);
        fields.put("volume", volume);
        fields.put("peer", peer);
        fields.put("name", name);
        fields.put("remoteVolume", remoteVolume);
        fields.put("role", role);
        fields.put("mode", mode);
        fields.put("trackBytes", track);
        return node.ask(client -> {
            say(client.post("/v1/pairs", fields));
            return wait ? new ResyncWait(client, name == null ? volume : name).await() : 0;
        });
    }

    @Command(name = "sever", mixinStandardHelpOptions = true,
        description = "Drains and flushes both sides; then this side goes on alone, until it is re-established.")
    int sever(@Mixin final NodeOptions node, @Mixin final PairName pair) throws CommandFailedException {
        return give(node, pair, "sever", Map.of());
    }

    @Command(name = "reestablish", mixinStandardHelpOptions = true,
        description = "Brings both sides together again; only what changed is sent.")
    int reestablish(
        @Mixin final NodeOptions node, @Mixin final PairName pair,
        @Option(names = "--keep", defaultValue = "none",
            description = "Whose changes stay when both sides went on alone: local (this side's) or peer. The others "
                + "are overwritten.") final Keep keep,
        @Option(names = "--wait", description = WAIT) final boolean wait) throws CommandFailedException {
        return node.ask(client -> {
            say(client.post(pair.path("reestablish"), Map.of("keep", keep)));
            return wait ? new ResyncWait(client, pair.name()).await() : 0;
        });
    }

    @Command(name = "resize", mixinStandardHelpOptions = true,
        description = "Changes the size that clients see, on both sides.")
    int resize(
        @Mixin final NodeOptions node, @Mixin final PairName pair,
        @Parameters(index = "1", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "The whole new size.") final Long size) throws CommandFailedException {
        return give(node, pair, "resize", Map.of("sizeBytes", size));
    }

    @Command(name = "verify", mixinStandardHelpOptions = true,
        description = "Compares both sides while clients go on, and reports what differs; it mends nothing by itself.")
    int verify(
        @Mixin final NodeOptions node, @Mixin final PairName pair,
        @Option(names = "--repair-from",
            description = "Copies what the last verify reported, from the side that is right: "
                + "${COMPLETION-CANDIDATES}.") final Side repairFrom,
        @Option(names = "--wait",
            description = "Waits for its end, with a progress bar; exit code 1 when something differs.")
        final boolean wait) throws CommandFailedException {
        return node.ask(client -> {
            say(repairFrom == null ? client.post(pair.path("verify"), Map.of())
                : client.post(pair.path("repair"), Map.of("from", repairFrom)));
            return wait ? new VerifyWait(client, pair.name()).await(spec.commandLine().getOut()) : 0;
        });
    }

    @Command(name = "promote", mixinStandardHelpOptions = true, description = "Makes this side the primary one.")
    int promote(
        @Mixin final NodeOptions node, @Mixin final PairName pair,
        @Option(names = "--force", description = "Even when it may lack what the other side acknowledged.")
        final boolean force) throws CommandFailedException {
        return give(node, pair, "promote", Map.of("force", force));
    }

    @Command(name = "demote", mixinStandardHelpOptions = true,
        description = "Makes this side the redundant one; no client may be attached.")
    int demote(@Mixin final NodeOptions node, @Mixin final PairName pair) throws CommandFailedException {
        return give(node, pair, "demote", Map.of());
    }

    @Command(name = "accept-disk", mixinStandardHelpOptions = true,
        description = "Declares that the disk under this side is a new one, so that it is filled from the peer.")
    int acceptDisk(@Mixin final NodeOptions node, @Mixin final PairName pair) throws CommandFailedException {
        return give(node, pair, "accept-disk", Map.of());
    }

    @Command(name = "delete", mixinStandardHelpOptions = true,
        description = "Ends a pair on this node; its volume and the bytes on it stay.")
    int delete(@Mixin final NodeOptions node, @Mixin final PairName pair) throws CommandFailedException {
        return say(node.ask(client -> client.delete(pair.path(null))));
    }

    private int give(
        final NodeOptions node, final PairName pair, final String command, final Map<String, ?> fields)
        throws CommandFailedException {
        return say(node.ask(client -> client.post(pair.path(command), fields)));
    }

    /** For people with the node's disks: one that needs a person is of use beside the pairs that lie on it. */
    private static JsonNode status(final ControlClient client, final String name, final boolean json)
        throws IOException, RefusedException {
        final JsonNode answer = client.get(name == null ? "/v1/pairs" : "/v1/pairs/" + name);
        return json ? answer : ((ObjectNode) answer).set("nodeDisks", client.get("/v1/disks").path("disks"));
    }

    private static String text(final JsonNode answer) {
        final String pairs = answer.has("pairs") ? StatusText.table(answer.path("pairs")) : StatusText.whole(answer);
        return pairs + StatusText.warnings(answer.path("nodeDisks"));
    }

    private int say(final JsonNode answer) {
        spec.commandLine().getOut().println(NodeOptions.done(answer));
        return 0;
    }

    /** Which pair. */
    static final class PairName {
        @Parameters(index = "0", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the pair.")
        private String name;

        String name() {
            return name;
        }

        /** @param command of it, or {@code null} for the pair itself. */
        String path(final String command) {
            return "/v1/pairs/" + name + (command == null ? "" : '/' + command);
        }
    }
}
