package io.twintrack.node;

import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.InvalidConfigException;
import io.twintrack.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Runs one node. */
@Command(
    name = "node",
    description = "Runs one node until SIGTERM; logs to standard error.",
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE",
        description = "The node's configuration; docs/example-node.yaml shows every key.")
    private Path file;

    @Option(names = "--check", description = "Check the configuration and start nothing.")
    private boolean checkOnly;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        final NodeConfig config = configuration();
        if (checkOnly) {
            spec.commandLine().getOut().println(file + " is in order");
            return 0;
        }
        throw new CommandFailedException("running a node is not wired yet");
    }

    private NodeConfig configuration() throws CommandFailedException {
        try {
            return ConfigReader.read(file);
        } catch (final InvalidConfigException e) {
            throw new CommandFailedException(e.getMessage(), Twintrack.EXIT_CONFIGURATION);
        }
    }
}
