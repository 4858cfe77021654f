package io.twintrack.engine.sim;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;

/** Who is filled from whom, and who serves: guarantee 10. */
final class DataWin {
    private final World world;
    private long inStepNs = Long.MIN_VALUE;
    /** In this life of the node a handshake or a person has decided that its data may be served. */
    private final boolean[] mayServe = new boolean[2];
    private final long[] beganWith = new long[2];

    DataWin(final World world) {
        this.world = world;
    }

    void onStarted(final SimNode node) {
        beganWith[node.index] = node.known.sequence;
        // A person let it go on alone: nobody has to be asked again.
        mayServe[node.index] = node.known.severedBy == SeveredBy.COMMAND && node.known.role == Role.PRIMARY
            && node.known.sideState == SideState.UP_TO_DATE;
    }

    /** A person ordered it, and by force where the other side may have newer data. */
    void onPromoted(final SimNode node, final boolean force) {
        mayServe[node.index] = true;
        if (!force && !world.history.isApart() && world.nodes[1 - node.index].known.role == Role.PRIMARY) {
            throw new Broken(Guarantee.DATA_WIN, "node " + node.index + " is promoted without force beside a primary; "
                + world.oracles.describe());
        }
    }

    /** Between two steps of the plan: power is lost by a step. */
    void look(final boolean inStep) {
        inStepNs = inStep ? world.clock.nowNs() : inStepNs;
    }

    void afterCycle() {
        for (final SimNode node : world.nodes) {
            if (!mayServe[node.index] && node.pair() != null && node.known.role == Role.PRIMARY) {
                decidedFirst(node);
            }
        }
    }

    private void decidedFirst(final SimNode node) {
        final PairState state = node.pair().state();
        mayServe[node.index] = state == PairState.UP_TO_DATE || state == PairState.DELTA_SYNC
            || state == PairState.FULL_SYNC || hasMetPeer(node);
        if (!mayServe[node.index] && node.pair().volume().serving() == Status.OK) {
            throw new Broken(Guarantee.DATA_WIN, "node " + node.index
                + " serves, and neither a handshake nor a person decided that; " + world.oracles.describe());
        }
    }

    /** The session may be lost again in the duty cycle in which its outcome was recorded. */
    private boolean hasMetPeer(final SimNode node) {
        return node.known.sequence > beganWith[node.index] && node.known.serving
            && node.known.severedBy == SeveredBy.NONE && node.known.sideState == SideState.UP_TO_DATE;
    }

    void onAttached(final SimNode node) {
        if (node.known.sideState == SideState.INCONSISTENT) {
            throw new Broken(Guarantee.DATA_WIN, "node " + node.index + " serves while it is being filled; "
                + world.oracles.describe());
        }
    }

    void becomesSink(final SimNode node) {
        if (world.clients[node.index].isAttached()) {
            throw new Broken(Guarantee.DATA_WIN, "node " + node.index + " has clients, and is to be filled; "
                + world.oracles.describe());
        }
    }

    /** What is lost by filling this side from the other one was lost there with its power, and kept here. */
    boolean isWrongWay(final SimNode sink) {
        return sink.lostPowerNs() < inStepNs && world.nodes[1 - sink.index].lostPowerNs() >= inStepNs;
    }
}
