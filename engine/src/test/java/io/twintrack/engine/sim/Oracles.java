package io.twintrack.engine.sim;

import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import java.util.Arrays;
import java.util.BitSet;

/** Looks at both nodes from outside, with the eyes of somebody who sees all memory and all disks. */
final class Oracles {
    private static final long IN_STEP_NS = 60 * SimClock.SECOND;

    private final World world;
    private final SideState[] sides = {SideState.CONSISTENT, SideState.INCONSISTENT};
    private final PairState[] states = new PairState[2];
    private final boolean[] diskLost = new boolean[2];
    /** The primary of two sides in step, or -1. */
    private int inStep = -1;

    private final Records records;
    private final Sessions sessions;
    private final DataWin dataWin;
    private final FailedFlushes failedFlushes;

    Oracles(final World world) {
        this.world = world;
        records = new Records(world);
        sessions = new Sessions(world);
        dataWin = new DataWin(world);
        failedFlushes = new FailedFlushes(world);
    }

    SimDisk.Watch watch(final SimNode node) {
        return new SimDisk.Watch() {
            @Override
            public void onWrite(final int offset, final int length, final long address) {
                onDataWrite(node, offset, length);
                sessions.onDataWrite(node, offset, length, address);
            }

            @Override
            public void onFlushFailed() {
                failedFlushes.onFlushFailed(node);
            }

            @Override
            public void onWriteFailed(final int offset, final int length) {
                world.heldWrites.failed(node.index, offset / Stamp.SECTOR, (offset + length) / Stamp.SECTOR);
            }

            @Override
            public int misdirect(final int sector) {
                return world.rot.misdirect(node, sector);
            }
        };
    }

    void onStarted(final SimNode node) {
        records.onStarted(node);
        sessions.onStarted(node);
        dataWin.onStarted(node);
    }

    void onEnded(final SimNode node) {
        sessions.onEnded(node);
        failedFlushes.onEnded(node);
        states[node.index] = null;
        diskLost[node.index] = false;
    }

    /** This node's disk failed while the other one had everything: that one alone goes on. */
    boolean isDiskLost(final int node) {
        return diskLost[node] || isServedByPeer(world.nodes[node].store().superblock());
    }

    private static boolean isServedByPeer(final Superblock side) {
        return side.sideState == SideState.FAILED && side.severedBy == SeveredBy.NONE
            && side.peerSideState == SideState.UP_TO_DATE;
    }

    /** After each duty cycle: what changed since the last one. */
    void afterCycle() {
        if (world.history.isApart() && world.inStepPrimary() >= 0 && !world.isCommandPending(world.nodes[0])
            && !world.isCommandPending(world.nodes[1])) {
            // The one that was let go alone lost that with its power, before it took anything.
            world.history.together();
        }
        for (final SimNode node : world.nodes) {
            if (node.unreadable() != null) {
                throw new Broken(Guarantee.TWO_SUPERBLOCKS, "node " + node.index + ": " + node.unreadable());
            }
            if (node.pair() != null) {
                watchSide(node);
                watchState(node);
                records.afterCycle(node);
                sessions.afterCycle(node);
                failedFlushes.afterCycle(node);
            }
        }
        dataWin.afterCycle();
        noteInStep();
    }

    private void noteInStep() {
        final int primary = world.inStepPrimary();
        if (primary >= 0 && primary != inStep) {
            world.history.inStep(primary);
        }
        inStep = primary;
    }

    private void watchSide(final SimNode node) {
        final SideState was = sides[node.index];
        final SideState is = node.known.sideState;
        if (is == was) {
            return;
        }
        sides[node.index] = is;
        world.log.say("node " + node.index + " is " + is);
        diskLost[node.index] = isServedByPeer(node.known);
        if (is == SideState.INCONSISTENT) {
            becomesSink(node);
        } else if (was == SideState.INCONSISTENT && is == SideState.UP_TO_DATE) {
            world.history.filled(node.index);
        }
    }

    /** From here on the other side's bytes are the only ones that count. */
    private void becomesSink(final SimNode node) {
        final History history = world.history;
        dataWin.becomesSink(node);
        if (!history.givenUp[node.index] && history.whole[node.index]) {
            final int sector = history.lostByFilling(node.index, world.nodes[1 - node.index].data);
            if (sector >= 0) {
                final Guarantee broken = history.isApart() ? Guarantee.SPLIT_BRAIN_IS_FOUND
                    : dataWin.isWrongWay(node) ? Guarantee.DATA_WIN : Guarantee.RESYNC_COPIES_ALL;
                throw new Broken(broken, "node " + node.index + " is to be filled from one that lacks what it holds: "
                    + history.describe(sector) + ", there write "
                    + found(world.nodes[1 - node.index].data, sector) + "; " + describe());
            }
        }
        history.broken(node.index);
    }

    private static long found(final SimDisk disk, final int sector) {
        return Stamp.read(disk.current(), sector * Stamp.SECTOR, sector);
    }

    private void watchState(final SimNode node) {
        if (node.pair().unforeseen() != null) {
            throw new Broken(Guarantee.STATES_FOLLOW, "node " + node.index + ", " + node.known.role + ": "
                + node.pair().unforeseen() + "; " + describe());
        }
        final PairState is = node.pair().state();
        final PairState was = states[node.index];
        if (is == was) {
            return;
        }
        states[node.index] = is;
        world.coverage.transition(node.known.role, was, is);
        world.log.say("node " + node.index + ": " + was + " -> " + is);
        if (is == PairState.DIVERGED && !world.history.isApart() && !isAnyFailed()) {
            throw new Broken(Guarantee.HEALS, "node " + node.index
                + " says that both sides went on alone, and no command let them; " + describe());
        }
    }

    /** A side that failed was given up by its disk: the other one was told to go on without it, or went. */
    private boolean isAnyFailed() {
        return isFailed(0) || isFailed(1);
    }

    /** It says so itself, or the other one was told before it could. */
    private boolean isFailed(final int node) {
        return sides[node] == SideState.FAILED || world.nodes[1 - node].known.peerSideState == SideState.FAILED;
    }

    /** At the moment of the answer the bytes are on this side, or those of a later write. */
    void onAcked(final int side, final long number, final int from, final int to) {
        final SimDisk disk = world.nodes[side].data;
        for (int sector = from; sector < to; sector++) {
            if (!world.history.explainsRead(side, sector, found(disk, sector), number)) {
                throw new Broken(named(Guarantee.ACKED_ON_BOTH, number), "write " + number
                    + " was acknowledged, and node " + side + " holds " + found(disk, sector) + "; "
                    + world.history.describe(sector) + "; " + describe());
            }
        }
    }

    /** What is found in place of a trim or a zeroing breaks a promise of its own. */
    Guarantee named(final Guarantee usual, final long least) {
        return world.history.isZeroing(least) ? Guarantee.TRIM_READS_ZERO : usual;
    }

    void onChangeEnded(final long number) {
        sessions.onChangeEnded(number);
    }

    void onRefused(final SimNode node, final int from, final int to) {
        records.onRefused(node, from, to);
    }

    void onAnsweredAlone(final SimNode side, final int from, final int to) {
        records.onAnsweredAlone(side, from, to);
    }

    void onFlushed(final SimNode side, final long beganNs) {
        failedFlushes.onFlushed(side, beganNs);
    }

    void onAttached(final SimNode node) {
        dataWin.onAttached(node);
    }

    /** A person has given this command, or, with {@code done}, it was carried out. */
    void onCommanded(final SimNode node, final Step.Kind kind, final boolean done) {
        if (kind == Step.Kind.FORCE_PROMOTE || kind == Step.Kind.PROMOTE && done) {
            dataWin.onPromoted(node, kind == Step.Kind.FORCE_PROMOTE);
        }
    }

    /** A node writes to its volume's disk: while both sides are in step, its mark has to be on the metadata disk. */
    void onDataWrite(final SimNode node, final int offset, final int length) {
        if (world.inStepPrimary() != node.index || world.rot.mayBeRepaired(offset, length)) {
            return;
        }
        final int last = (offset + length - 1) / World.REGION;
        for (int region = offset / World.REGION; region <= last; region++) {
            if (!isIntentDurable(node.metadata, region)) {
                throw new Broken(Guarantee.INTENT_BEFORE_DATA, "node " + node.index + " writes " + length
                    + " bytes at " + offset + ", and region " + region + " is not marked");
            }
        }
    }

    /** A mark counts when both copies of its block are durable. Bit i of intent block 0 stands for region i. */
    private static boolean isIntentDurable(final SimDisk metadata, final int region) {
        boolean durable = true;
        for (int copy = 0; copy < MetadataLayout.COPIES; copy++) {
            final int block = (MetadataLayout.COPIES + copy) * MetadataLayout.BLOCK_LENGTH;
            durable &= (metadata.stable().getByte(block + MetadataLayout.BITS_OFFSET) & 1 << region) != 0;
        }
        return durable;
    }

    /** Between two steps of the plan. */
    void look() {
        final int primary = world.inStepPrimary();
        records.look(primary);
        dataWin.look(primary >= 0);
        if (primary >= 0 && isAtRest()) {
            sidesAreEqual(primary);
        }
    }

    private boolean isAtRest() {
        for (int i = 0; i < 2; i++) {
            if (!world.clients[i].isIdle() || !world.nodes[i].data.isIdle()) {
                return false;
            }
        }
        return true;
    }

    private void sidesAreEqual(final int primary) {
        final SideStore store = world.nodes[primary].store();
        final BitSet touched = world.history.touched();
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(sector + 1)) {
            final int at = sector * Stamp.SECTOR;
            if (!Arrays.equals(world.nodes[0].data.current().byteArray(), at, at + Stamp.SECTOR,
                world.nodes[1].data.current().byteArray(), at, at + Stamp.SECTOR)
                && !store.tracks().isMarked(at, Stamp.SECTOR) && !world.rot.isSeen(sector)) {
                throw new Broken(Guarantee.UP_TO_DATE_IS_EQUAL, "write " + found(world.nodes[0].data, sector)
                    + " here, write " + found(world.nodes[1].data, sector) + " there; "
                    + world.history.describe(sector) + "; " + describe());
            }
        }
    }

    /** At the very end, when nothing is on its way. */
    void atTheEnd(final int primary) {
        final int difference = world.rot.firstOtherDifference(world.sizes.atTheEnd(primary));
        if (difference >= 0) {
            throw new Broken(Guarantee.UP_TO_DATE_IS_EQUAL, "the disks differ at byte " + difference + "; "
                + world.history.describe(difference / Stamp.SECTOR) + "; " + describe());
        }
        final BitSet touched = world.history.touched();
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(sector + 1)) {
            final long least = world.history.readFloor(primary, sector, true);
            if (!world.history.explainsRead(primary, sector, found(world.nodes[primary].data, sector), least)) {
                throw new Broken(named(Guarantee.ACKED_ON_BOTH, least), "at the end write "
                    + found(world.nodes[primary].data, sector) + " where at least " + least + " had to be; "
                    + world.history.describe(sector) + "; " + describe());
            }
        }
    }

    void untilInStep(final Runnable cycle) {
        final long endNs = world.clock.nowNs() + IN_STEP_NS;
        while (world.inStepPrimary() < 0) {
            if (world.clock.nowNs() > endNs) {
                throw new Broken(Guarantee.HEALS, "never in step; " + describe());
            }
            cycle.run();
        }
    }

    String describe() {
        final StringBuilder text = new StringBuilder();
        for (final SimNode node : world.nodes) {
            text.append("node ").append(node.index).append(": ").append(node.life());
            if (node.pair() != null) {
                text.append(' ').append(node.pair().commands().status(node.clock.nowNs()));
            }
            text.append("; ");
        }
        return text.append("apart ").append(world.history.isApart()).toString();
    }
}
