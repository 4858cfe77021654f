package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.InvalidConfigException;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.node.control.RunningNodes;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Which running node a command is for, and the way to it. */
final class NodeOptions {
    @ArgGroup
    private Place place;

    /** One of them, or none when only one node runs. */
    private static final class Place {
        @Option(names = "--control", paramLabel = "PATH",
            description = "The control socket of the node. Default: that of the only node of this user on this host.")
        private Path control;

        @Option(names = "--config", paramLabel = "FILE", description = "The node's configuration, which names it.")
        private Path config;
    }

    /** A conversation with a node. */
    @FunctionalInterface
    interface Conversation<T> {
        T with(ControlClient node) throws IOException, RefusedException, CommandFailedException;
    }

    /** @throws CommandFailedException when no node answers, or it refuses. */
    <T> T ask(final Conversation<T> conversation) throws CommandFailedException {
        final Path socket = socket();
        try (ControlClient node = new ControlClient(socket)) {
            return conversation.with(node);
        } catch (final IOException e) {
            throw new CommandFailedException(
                "no node answers on " + socket + ": " + e.getMessage(), Twintrack.EXIT_NO_NODE);
        } catch (final RefusedException e) {
            throw new CommandFailedException(sentence(e), Twintrack.EXIT_REFUSED);
        }
    }

    /** @return what a command did, as the node says it. */
    static String done(final JsonNode answer) {
        return answer.path("done").asText();
    }

    private Path socket() throws CommandFailedException {
        if (place == null) {
            return onlyNode();
        }
        try {
            return place.control != null ? place.control : ConfigReader.read(place.config).control();
        } catch (final InvalidConfigException e) {
            throw new CommandFailedException(e.getMessage(), Twintrack.EXIT_CONFIGURATION);
        }
    }

    private static Path onlyNode() throws CommandFailedException {
        final List<RunningNodes.Entry> running = RunningNodes.list();
        if (running.size() == 1) {
            return running.get(0).control();
        }
        throw new CommandFailedException(running.isEmpty()
            ? "no node of this user runs here; name one with --control or --config"
            : "several nodes run here; name one:" + running.stream()
                .map(node -> "\n  --control " + node.control() + "   (" + node.iqn() + ')')
                .collect(Collectors.joining()),
            Twintrack.EXIT_NO_NODE);
    }

    private static String sentence(final RefusedException refusal) {
        return refusal.getMessage()
            + (refusal.rule() == null ? "" : "\n  rule:    " + refusal.rule())
            + (refusal.allowed() == null ? "" : "\n  allowed: " + refusal.allowed())
            + (refusal.when() == null ? "" : "\n  when:    " + refusal.when());
    }
}
