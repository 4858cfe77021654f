package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.NodeCounts;

/** The demo's two running nodes. */
interface DemoNodes extends AutoCloseable {

    /** @throws CommandFailedException when one of them has ended by itself. */
    boolean isServing() throws CommandFailedException;

    /**
     * Looks after them while they serve. A process that somebody killed is reported and missed by nobody but its peer,
     * so that a loss can be tried out and the node started again by hand.
     *
     * @throws CommandFailedException when one failed by itself within this process.
     */
    void watch() throws CommandFailedException;

    /** Stops both, the origin first. @return what the origin had sent. */
    NodeCounts stop() throws CommandFailedException;

    /** Stops what still runs. */
    @Override
    void close();
}
