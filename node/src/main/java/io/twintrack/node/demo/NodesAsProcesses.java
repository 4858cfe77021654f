package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.NodeCounts;
import io.twintrack.node.config.Endpoint;

import java.io.PrintWriter;

/** Each node as a process of its own, which ends with this one however that ends. */
final class NodesAsProcesses implements DemoNodes {
    private final ChildNode target;
    private final ChildNode origin;

    private NodesAsProcesses(final ChildNode target, final ChildNode origin) {
        this.target = target;
        this.origin = origin;
    }

    /** @param nbd where the origin listens instead of where its configuration says, or {@code null}. */
    static NodesAsProcesses start(final DemoFolder folder, final Endpoint nbd, final PrintWriter out)
        throws CommandFailedException {
        final ChildNode target = ChildNode.start(Side.TARGET, folder.configFile(Side.TARGET), null);
        try {
            final ChildNode origin = ChildNode.start(Side.ORIGIN, folder.configFile(Side.ORIGIN), nbd);
            out.println("origin pid " + origin.pid());
            out.println("target pid " + target.pid());
            out.flush();
            return new NodesAsProcesses(target, origin);
        } catch (final CommandFailedException e) {
            target.close();
            throw e;
        }
    }

    @Override
    public boolean isServing() throws CommandFailedException {
        origin.checkRuns();
        target.checkRuns();
        return origin.isServing();
    }

    @Override
    public void watch() {
        origin.noteEnd();
        target.noteEnd();
    }

    @Override
    public NodeCounts stop() throws CommandFailedException {
        final NodeCounts counts = origin.stop();
        target.stop();
        return counts;
    }

    @Override
    public void close() {
        origin.close();
        target.close();
    }
}
