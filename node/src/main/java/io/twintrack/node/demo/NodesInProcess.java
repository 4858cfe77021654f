package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Node;
import io.twintrack.node.NodeCounts;
import io.twintrack.node.config.NodeConfig;

/** Both nodes in this process, each on threads of its own. */
final class NodesInProcess implements DemoNodes {
    private final Node target;
    private final Node origin;

    private NodesInProcess(final Node target, final Node origin) {
        this.target = target;
        this.origin = origin;
    }

    static NodesInProcess start(final NodeConfig originConfig, final NodeConfig targetConfig)
        throws CommandFailedException {
        final Node target = Node.start(targetConfig);
        try {
            return new NodesInProcess(target, Node.start(originConfig));
        } catch (final CommandFailedException e) {
            target.close();
            throw e;
        }
    }

    @Override
    public boolean isServing() throws CommandFailedException {
        watch();
        return origin.isServing();
    }

    @Override
    public void watch() throws CommandFailedException {
        checkRuns(Side.ORIGIN, origin);
        checkRuns(Side.TARGET, target);
    }

    @Override
    public NodeCounts stop() {
        close();
        return origin.counts();
    }

    @Override
    public void close() {
        origin.close();
        target.close();
    }

    private static void checkRuns(final Side side, final Node node) throws CommandFailedException {
        if (node.failure() != null) {
            throw new CommandFailedException("the " + side.word() + " node failed: " + node.failure());
        }
    }
}
