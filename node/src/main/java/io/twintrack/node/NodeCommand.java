package io.twintrack.node;

import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.InvalidConfigException;
import io.twintrack.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs one node. */
@Command(
    name = "node",
    description = "Runs one node until SIGTERM; logs to standard error.",
    mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    @Parameters(index = "0", paramLabel = "FILE",
        description = "The node's configuration; docs/example-node.yaml shows every key.")
    private Path file;

    @Option(names = "--check", description = "Check the configuration and start nothing.")
    private boolean checkOnly;

    @Option(names = "--nbd", paramLabel = "HOST:PORT", converter = Twintrack.ListenAddress.class,
        description = "Where clients attach, instead of where the configuration says.")
    private Endpoint nbd;

    @Option(names = "--child", hidden = true,
        description = "Report on standard output, and stop when standard input ends.")
    private boolean child;

    @ParentCommand
    private Twintrack twintrack;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        final NodeConfig config = configuration();
        if (checkOnly) {
            spec.commandLine().getOut().println(file + " is in order");
            return 0;
        }
        return run(nbd == null ? config : config.withNbd(nbd));
    }

    private int run(final NodeConfig config) throws CommandFailedException {
        final StopSignal stop = twintrack.stopSignal();
        stop.install();
        if (child) {
            ParentWatch.start(System.in, stop);
        }
        final Node node = Node.start(config);
        try {
            awaitServing(node, stop);
            while (!stop.isRequested() && node.failure() == null) {
                LockSupport.parkNanos(LOOK_NS);
            }
        } finally {
            node.close();
        }
        if (child) {
            ChildReport.sent(node.counts(), spec.commandLine().getOut());
        }
        // A failure was logged when it happened.
        return node.failure() == null ? 0 : Twintrack.EXIT_FAILED;
    }

    private void awaitServing(final Node node, final StopSignal stop) {
        while (!stop.isRequested() && node.failure() == null && !node.isServing()) {
            LockSupport.parkNanos(LOOK_NS);
        }
        if (child && node.isServing()) {
            ChildReport.serving(spec.commandLine().getOut());
        }
    }

    private NodeConfig configuration() throws CommandFailedException {
        try {
            return ConfigReader.read(file);
        } catch (final InvalidConfigException e) {
            throw new CommandFailedException(e.getMessage(), Twintrack.EXIT_CONFIGURATION);
        }
    }
}
