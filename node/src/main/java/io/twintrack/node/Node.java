package io.twintrack.node;

import io.twintrack.node.config.NodeConfig;

/** One running node. */
public final class Node implements AutoCloseable {

    private Node() {
    }

    /**
     * Starts every HBA.
     *
     * @throws CommandFailedException when one cannot start; then none runs.
     */
    public static Node start(final NodeConfig config) throws CommandFailedException {
        throw new CommandFailedException("running a node is not wired yet: " + config.iqn());
    }

    /** True once every volume that clients may use here serves them. */
    public boolean isServing() {
        return false;
    }

    /** Why a HBA's thread ended by itself, or {@code null} while all run. */
    public Throwable failure() {
        return null;
    }

    /** Sums of all HBAs. */
    public NodeCounts counts() {
        return new NodeCounts(0, 0);
    }

    /** Stops intake, lets what is in flight end, flushes the disks. */
    @Override
    public void close() {
    }
}
