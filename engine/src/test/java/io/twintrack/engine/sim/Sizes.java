package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Role;

/** Looks at the sizes of a pair that is resized: clients see the smaller one until both sides confirmed the other. */
final class Sizes {
    private final World world;

    Sizes(final World world) {
        this.world = world;
    }

    void afterCycle() {
        for (final SimNode node : world.nodes) {
            if (node.isRunning() && node.pair().role() == Role.PRIMARY) {
                check(node, node);
                if (node.pair().conduct().isAttached() && world.nodes[1 - node.index].isRunning()) {
                    check(node, world.nodes[1 - node.index]);
                }
            }
        }
    }

    private void check(final SimNode primary, final SimNode side) {
        final long seen = primary.pair().volume().size();
        if (seen > durable(side)) {
            throw new Broken(Guarantee.SMALLER_SIZE, "clients of node " + primary.index + " see " + seen
                + " bytes, and node " + side.index + " has " + durable(side) + "; " + world.oracles.describe());
        }
    }

    private static long durable(final SimNode node) {
        return node.store().superblock().volumeSize;
    }

    /** No resize is on its way. */
    boolean areSettled() {
        final int primary = world.inStepPrimary();
        return primary >= 0 && world.nodes[primary].store().superblock().resizeSize == 0;
    }

    /** At the very end. @return in bytes, what both sides have. */
    int atTheEnd(final int primary) {
        final long own = durable(world.nodes[primary]);
        final long other = durable(world.nodes[1 - primary]);
        if (own != other || world.nodes[primary].pair().volume().size() != own) {
            throw new Broken(Guarantee.SMALLER_SIZE, "at the end one side has " + own + " bytes, the other one " + other
                + "; " + world.oracles.describe());
        }
        return (int) own;
    }
}
