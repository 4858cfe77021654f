package io.twintrack.engine.sim;

import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.ReplicaLink;

/** What stands between a node and its world. As it is, nothing; a planted fault changes something. */
class Planted {
    static final Planted NONE = new Planted();

    BlockDevice metadata(final int node, final SimDisk disk) {
        return disk;
    }

    BlockDevice data(final int node, final SimDisk disk) {
        return disk;
    }

    ReplicaLink link(final int node, final SimLink link) {
        return link;
    }

    /** The identity of the life of the caches below a node's volume. */
    long life(final int node, final long hostBoot) {
        return hostBoot;
    }
}
