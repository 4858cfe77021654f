package io.twintrack.engine.sim;

import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.pair.Role;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/** Which writes may reach a disk, and when: guarantees 7 and 8. */
final class Sessions {
    private static final long NEVER = Long.MIN_VALUE;

    private final World world;
    private final long[] accepted = new long[2];
    private final long[] acceptedNs = {NEVER, NEVER};
    private final long[] lost = new long[2];
    /** When this node lost a session of its own, or its process. */
    private final long[] lostNs = {NEVER, NEVER};
    private final Role[] roles = new Role[2];
    /** By the number of a client's write: when it ended. */
    private final LongArrayList endedNs = new LongArrayList(1024, NEVER);
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);

    Sessions(final World world) {
        this.world = world;
    }

    void onStarted(final SimNode node) {
        accepted[node.index] = 0;
        lost[node.index] = 0;
        roles[node.index] = node.known.role;
    }

    void onEnded(final SimNode node) {
        acceptedNs[node.index] = NEVER;
        lostNs[node.index] = world.clock.nowNs();
    }

    void onChangeEnded(final long number) {
        while (endedNs.size() <= number) {
            endedNs.addLong(Long.MAX_VALUE);
        }
        endedNs.setLong((int) number, world.clock.nowNs());
    }

    private long endedNs(final long number) {
        return number < endedNs.size() ? endedNs.getLong((int) number) : Long.MAX_VALUE;
    }

    /** Nothing of the past is on its way to disk when a session or a role begins. */
    void afterCycle(final SimNode node) {
        final int i = node.index;
        final long sessions = node.counters().get(Counter.SESSIONS_ACCEPTED);
        if (sessions != accepted[i]) {
            accepted[i] = sessions;
            acceptedNs[i] = world.clock.nowNs();
            begins(node, node.known.role == Role.REDUNDANT, "has opened a session");
        }
        if (node.counters().get(Counter.SESSIONS_LOST) != lost[i]) {
            lost[i] = node.counters().get(Counter.SESSIONS_LOST);
            lostNs[i] = world.clock.nowNs();
        }
        final Role was = roles[i];
        roles[i] = node.known.role;
        begins(node, was == Role.REDUNDANT && roles[i] == Role.PRIMARY, "has become the primary");
    }

    private void begins(final SimNode node, final boolean does, final String what) {
        if (does && node.data.isChanging(0, (int) node.data.size())) {
            throw new Broken(Guarantee.NO_GHOSTS, "node " + node.index + ' ' + what
                + " while a write of the past is on its way to disk; " + world.oracles.describe());
        }
    }

    void onDataWrite(final SimNode node, final int offset, final int length, final long address) {
        if (node.data.isChanging(offset, length)) {
            throw new Broken(Guarantee.ONE_ORDER, "node " + node.index + " writes " + length + " bytes at " + offset
                + " while a write that overlaps is on its way to disk; " + world.oracles.describe());
        }
        if (address != 0 && isFollowing(node)) {
            bytes.wrap(address, length);
            for (int at = 0; at < length; at += Stamp.SECTOR) {
                isOfNow(node, (offset + at) / Stamp.SECTOR, at);
            }
        }
    }

    /** The primary has been in one session since this node accepted it. */
    private boolean isFollowing(final SimNode node) {
        final SimNode other = world.nodes[1 - node.index];
        return node.known.role == Role.REDUNDANT && other.isRunning() && other.known.role == Role.PRIMARY
            && other.pair().conduct().isAttached() && lostNs[other.index] < acceptedNs[node.index];
    }

    /** A write that ended before the session began comes again only as a copy of what the primary holds. */
    private void isOfNow(final SimNode node, final int sector, final int at) {
        final long number = bytes.getLong(at);
        final boolean isStamped = number > 0 && number <= world.history.newest() && bytes.getLong(at + 8) == sector;
        if (isStamped && endedNs(number) < acceptedNs[node.index]
            && world.nodes[1 - node.index].data.current().getLong(sector * Stamp.SECTOR) != number) {
            throw new Broken(Guarantee.NO_GHOSTS, "node " + node.index + " writes sector " + sector + " of write "
                + number + ", which ended before the session began; " + world.oracles.describe());
        }
    }
}
