package io.twintrack.engine.sim;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;

/**
 * What clients may find, sector by sector and side by side. Writes have numbers in the order in which they were begun;
 * 0 stands for the zeros that a disk begins with.
 *
 * <pre>
 *   may[side][sector]       numbers of the writes that this side may hold, ascending
 *   floor[side][sector]     the newest one that it must hold: nothing older may be read
 *   durable[side][sector]   the newest one that it must hold after a loss of power
 * </pre>
 *
 * An acknowledged write raises the floor of each side that the pair counted on at that moment. A loss of power lowers
 * it to what was flushed. A side that was filled has the floors of the one that it was filled from.
 */
final class History {
    final int sectors;
    final long[][] floor;
    final long[][] durable;
    /** The newest one that this side ever had to hold, whatever a loss of power took since. */
    private final long[][] had;
    /** This side's bytes are one data set: not half filled, not of a new disk. */
    final boolean[] whole = {true, false};
    /** A command gave this side's data up. */
    final boolean[] givenUp = new boolean[2];
    private final LongArrayList[][] may;
    /** Sectors with a floor that a loss of power lowers. */
    private final BitSet[] volatileSectors = {new BitSet(), new BitSet()};
    private final BitSet zeroing = new BitSet();
    private final BitSet touched = new BitSet();
    /** Numbers that no client wrote. */
    private final BitSet rotten = new BitSet();
    /** What a sector holds because a write of it went elsewhere, or one came from elsewhere: as good as rotten. */
    private final Map<Integer, LongHashSet> strays = new HashMap<>();
    /** Both sides went on alone, by command: what the other one had in common with this one when that began. */
    private long[][] common;
    private int newest;

    History(final int sectors) {
        this.sectors = sectors;
        floor = new long[2][sectors];
        durable = new long[2][sectors];
        had = new long[2][sectors];
        may = new LongArrayList[2][sectors];
    }

    boolean isApart() {
        return common != null;
    }

    BitSet touched() {
        return touched;
    }

    /** @return whether this write is a trim or a zeroing. */
    boolean isZeroing(final long number) {
        return zeroing.get((int) number);
    }

    int newest() {
        return newest;
    }

    /** @return the number of a write that begins. */
    long begin(final int from, final int to, final boolean zeros, final int side) {
        newest++;
        zeroing.set(newest, zeros);
        touched.set(from, to);
        for (int sector = from; sector < to; sector++) {
            numbers(side, sector).addLong(newest);
            if (!isApart()) {
                numbers(1 - side, sector).addLong(newest);
            }
        }
        return newest;
    }

    /**
     * A sector rots on one side: as if somebody had written it there. A resync may bring that to the other side, and a
     * later write takes it away.
     *
     * @param known the history keeps what this sector may hold.
     * @return the number that it holds now.
     */
    long rot(final int sector, final boolean known) {
        newest++;
        rotten.set(newest);
        for (int side = 0; known && side < 2; side++) {
            touched.set(sector);
            numbers(side, sector).addLong(newest);
        }
        return newest;
    }

    boolean isRot(final int sector, final long number) {
        return number > 0 && number <= newest && rotten.get((int) number) || isStray(sector, number);
    }

    void stray(final int sector, final long number) {
        touched.set(sector);
        strays.computeIfAbsent(sector, ignored -> new LongHashSet()).add(number);
    }

    private boolean isStray(final int sector, final long number) {
        final LongHashSet numbers = strays.get(sector);
        return numbers != null && numbers.contains(number);
    }

    private LongArrayList numbers(final int side, final int sector) {
        if (may[side][sector] == null) {
            may[side][sector] = new LongArrayList(4, Long.MIN_VALUE);
            may[side][sector].addLong(0);
        }
        return may[side][sector];
    }

    /** Acknowledged, and on this side. */
    void acked(final int side, final long number, final int from, final int to, final boolean stable) {
        for (int sector = from; sector < to; sector++) {
            floor[side][sector] = Math.max(floor[side][sector], number);
            had[side][sector] = Math.max(had[side][sector], number);
            if (stable) {
                raiseDurable(side, sector, number);
            }
        }
        volatileSectors[side].set(from, to);
    }

    /** What this side had in memory alone is gone. */
    void takeBack(final int side, final int sector, final long number, final long before) {
        if (floor[side][sector] == number && durable[side][sector] < number) {
            floor[side][sector] = Math.max(before, durable[side][sector]);
        }
    }

    private void raiseDurable(final int side, final int sector, final long number) {
        if (number > durable[side][sector]) {
            durable[side][sector] = number;
            final LongArrayList numbers = numbers(side, sector);
            while (numbers.size() > 1 && numbers.getLong(0) < number) {
                numbers.removeAt(0);
            }
        }
    }

    /** A flush begins: what it will have made stable. @return sector and number, in turns. */
    long[] beforeFlush(final int side) {
        final BitSet set = volatileSectors[side];
        final long[] snapshot = new long[set.cardinality() * 2];
        int at = 0;
        for (int sector = set.nextSetBit(0); sector >= 0; sector = set.nextSetBit(sector + 1)) {
            snapshot[at++] = sector;
            snapshot[at++] = floor[side][sector];
        }
        return snapshot;
    }

    void flushed(final int side, final long[] snapshot) {
        for (int at = 0; at < snapshot.length; at += 2) {
            final int sector = (int) snapshot[at];
            // What a loss of power took meanwhile does not come back.
            if (floor[side][sector] >= snapshot[at + 1]) {
                raiseDurable(side, sector, snapshot[at + 1]);
            }
            if (floor[side][sector] == durable[side][sector]) {
                volatileSectors[side].clear(sector);
            }
        }
    }

    void powerLost(final int side) {
        final BitSet set = volatileSectors[side];
        for (int sector = set.nextSetBit(0); sector >= 0; sector = set.nextSetBit(sector + 1)) {
            floor[side][sector] = durable[side][sector];
        }
        set.clear();
    }

    /** Mode local: the other side follows this one, and loses with it what this one loses with its power. */
    void followerLoses(final int side) {
        final BitSet set = volatileSectors[side];
        for (int sector = set.nextSetBit(0); sector >= 0; sector = set.nextSetBit(sector + 1)) {
            floor[1 - side][sector] = Math.min(floor[1 - side][sector], durable[side][sector]);
        }
    }

    /**
     * A command lets a side serve, whatever the other one has. What it had as well and lost with its power is given up
     * with that, what it never had is not.
     */
    void wentApart() {
        if (!isApart()) {
            common = new long[][] {had[1].clone(), had[0].clone()};
        }
    }

    /** This side's disk is another one: nothing of what it held is promised any more. */
    void replaced(final int side) {
        powerLost(side);
        whole[side] = false;
        givenUp[side] = true;
    }

    /** This side begins to be overwritten. */
    void broken(final int side) {
        whole[side] = false;
    }

    /** @return the first sector of which this side alone must hold something that the other one's bytes are not. */
    int lostByFilling(final int side, final SimDisk source) {
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(sector + 1)) {
            final boolean alone = isApart() && floor[side][sector] > common[side][sector];
            // What is answered in the last moment of a resync counts for its source alone, and the sink has it as well.
            final long least = isApart() && !alone ? Math.min(floor[side][sector], floor[1 - side][sector])
                : floor[side][sector];
            if (!holds(source, sector, least, 1 - side, side)) {
                return sector;
            }
        }
        return -1;
    }

    private boolean holds(
        final SimDisk disk, final int sector, final long least, final int side, final int otherSide) {
        final long found = Stamp.read(disk.current(), sector * Stamp.SECTOR, sector);
        return explains(side, sector, found, least) || explains(otherSide, sector, found, least);
    }

    /** This side is now what the other one is. */
    void filled(final int side) {
        final int source = 1 - side;
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(sector + 1)) {
            final LongArrayList numbers = numbers(side, sector);
            numbers.clear();
            numbers.addAll(numbers(source, sector));
            floor[side][sector] = floor[source][sector];
            durable[side][sector] = durable[source][sector];
            had[side][sector] = had[source][sector];
        }
        volatileSectors[side].clear();
        volatileSectors[side].or(volatileSectors[source]);
        whole[side] = whole[source];
        givenUp[side] = false;
        together();
    }

    /**
     * Both sides have come in step. What was answered between the end on the one side and its record on the other one
     * was credited to the primary alone, and both hold it.
     */
    void inStep(final int primary) {
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(sector + 1)) {
            had[1 - primary][sector] = Math.max(had[1 - primary][sector], floor[primary][sector]);
        }
    }

    void together() {
        common = null;
        givenUp[0] = false;
        givenUp[1] = false;
    }

    /** @return the oldest write that a read on this side may return. */
    long readFloor(final int side, final int sector, final boolean sideCounts) {
        final boolean otherCounts = whole[1 - side] && !givenUp[1 - side] && !isApart();
        final long own = sideCounts && whole[side] ? floor[side][sector] : 0;
        return otherCounts ? Math.max(own, floor[1 - side][sector]) : own;
    }

    boolean explainsRead(final int side, final int sector, final long found, final long least) {
        return explains(side, sector, found, least)
            || whole[1 - side] && !isApart() && explains(1 - side, sector, found, least);
    }

    private boolean explains(final int side, final int sector, final long found, final long least) {
        if (isStray(sector, found)) {
            return true;
        }
        if (may[side][sector] == null) {
            return found == 0;
        }
        final LongArrayList numbers = may[side][sector];
        for (int i = numbers.size() - 1; i >= 0; i--) {
            final long number = numbers.getLong(i);
            if (number < least) {
                return false;
            }
            if (number == found || found == 0 && (number == 0 || zeroing.get((int) number))) {
                return true;
            }
        }
        return false;
    }

    String describe(final int sector) {
        if (sector >= sectors) {
            return "sector " + sector + ", where no client writes";
        }
        return "sector " + sector + ": floors " + floor[0][sector] + "/" + floor[1][sector] + ", durable "
            + durable[0][sector] + "/" + durable[1][sector] + ", may " + may[0][sector] + "/" + may[1][sector]
            + ", whole " + Arrays.toString(whole) + ", given up " + Arrays.toString(givenUp) + ", apart " + isApart();
    }
}
