package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Role;
import java.util.BitSet;
import java.util.Random;

/**
 * Sectors of a data disk that change at rest. They do so on one side in each run, while both are in step and whole, so
 * that the other one is good: unless it was filled from there.
 */
final class Rot {
    private static final int NOWHERE = -1;

    private final World world;
    private final BitSet ever = new BitSet();
    private int side = NOWHERE;

    Rot(final World world) {
        this.world = world;
    }

    /** @return whether it fitted. */
    boolean begin(final SimNode node, final long value) {
        final int where = side == NOWHERE ? node.index : side;
        final History history = world.history;
        if (world.inStepPrimary() < 0 || !history.whole[0] || !history.whole[1] || history.isApart()) {
            return false;
        }
        final SimDisk disk = world.nodes[where].data;
        final int sector = draw(new Random(value));
        // What is rotten on the other side too, which was filled from here, can no more be repaired from there.
        if (!disk.isAtRest(sector) || isRot(1 - where, sector) || world.clients[0].isWriting(sector)
            || world.clients[1].isWriting(sector)) {
            return false;
        }
        side = where;
        ever.set(sector);
        disk.rot(sector, history.rot(sector, sector * Stamp.SECTOR < World.LEAST));
        return true;
    }

    /**
     * The disk is about to write one sector elsewhere: what stays in its place, and what comes to the other one, is not
     * what anybody wrote there. Only where a rot could begin as well.
     *
     * @return where it goes, or -1.
     */
    int misdirect(final SimNode node, final int sector) {
        final History history = world.history;
        final int to = sector + 32 < world.endOfSpots(sector) ? sector + 32 : NOWHERE;
        if (side != NOWHERE && side != node.index || world.inStepPrimary() < 0 || !history.whole[0]
            || !history.whole[1] || history.isApart() || to < 0 || !node.data.isAtRest(to)
            || world.clients[0].isWriting(to) || world.clients[1].isWriting(to)) {
            return NOWHERE;
        }
        side = node.index;
        for (final int one : new int[] {sector, to}) {
            ever.set(one);
        }
        history.stray(sector, Stamp.read(node.data.current(), sector * Stamp.SECTOR, sector));
        history.stray(to, Stamp.NONSENSE);
        return to;
    }

    /** Half of it where clients write, the rest anywhere in the volume. */
    private int draw(final Random random) {
        final long size = world.nodes[world.inStepPrimary()].pair().size();
        return random.nextBoolean() ? world.hotSector(random) : random.nextInt((int) (size / Stamp.SECTOR));
    }

    /** @return the role of the side to repair from, asked at the primary. */
    Role goodRole(final SimNode primary, final long value) {
        final boolean local = side == NOWHERE ? value % 2 == 0 : side != primary.index;
        return local != (world.planted == Planted.WRONG_REPAIR) ? Role.PRIMARY : Role.REDUNDANT;
    }

    /**
     * A repair may write these bytes. It marks nothing, since a crash leaves what was there before, and a mark would
     * have the next handshake choose the side that is right.
     */
    boolean mayBeRepaired(final int offset, final int length) {
        final int next = ever.nextSetBit(offset / Stamp.SECTOR);
        return next >= 0 && next < (offset + length) / Stamp.SECTOR;
    }

    /** What one of the disks holds there has rotted. */
    boolean isSeen(final int sector) {
        return isRot(0, sector) || isRot(1, sector);
    }

    private boolean isRot(final int node, final int sector) {
        return world.history.isRot(sector,
            Stamp.read(world.nodes[node].data.current(), sector * Stamp.SECTOR, sector));
    }

    /** @return the first byte before the end that differs for another reason, or -1. */
    int firstOtherDifference(final int end) {
        int at = firstDifference(0, end);
        while (at >= 0 && isSeen(at / Stamp.SECTOR)) {
            at = firstDifference((at / Stamp.SECTOR + 1) * Stamp.SECTOR, end);
        }
        return at;
    }

    int firstDifference(final int from, final int end) {
        return world.nodes[0].data.firstDifference(world.nodes[1].data, from, end);
    }
}
