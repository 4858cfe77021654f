package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.NodeCounts;

/** The demo's two running nodes. */
interface DemoNodes extends AutoCloseable {

    /** @throws CommandFailedException when one of them has ended by itself. */
    boolean isServing() throws CommandFailedException;

    /** Stops both, the origin first. @return what the origin had sent. */
    NodeCounts stop() throws CommandFailedException;

    /** Stops what still runs. */
    @Override
    void close();
}
