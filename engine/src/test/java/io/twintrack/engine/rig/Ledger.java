package io.twintrack.engine.rig;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What clients wrote, what was acknowledged, and which sides must still have it. Each sector that is written holds the
 * number of its write, so that what is found on a disk can be told.
 *
 * <pre>
 *   | number of the write 8 | sector 8 | the same again, up to 512 |
 * </pre>
 *
 * <p>A write is held by those sides that had it when it was acknowledged and did not lose their caches since; it is
 * stable on those on which a flush covered it. As long as one of them remains, it may not get lost. A side is 1 or 2,
 * both are 3.
 */
public final class Ledger {
    public static final int SECTOR = 512;
    public static final int BOTH = 3;

    /** One write; a zeroing leaves the number 0. */
    public static final class Write {
        public final long number;
        public final int from;
        public final int to;
        public final boolean zero;
        /** Sides on which it may be at all. */
        private int possible;
        private int holders;
        private int stable;
        private boolean acknowledged;

        Write(final long number, final int from, final int to, final boolean zero, final int possible) {
            this.number = number;
            this.from = from;
            this.to = to;
            this.zero = zero;
            this.possible = possible;
        }

        long stamp() {
            return zero ? 0 : number;
        }

        @Override
        public String toString() {
            return number + (zero ? " (zero)" : "") + (acknowledged ? " acknowledged" : " unanswered") + ", held by "
                + holders + ", stable on " + stable + ", possible on " + possible;
        }
    }

    private final List<List<Write>> sectors = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final BitSet unknown = new BitSet();
    private long numbers;

    public Ledger(final int sectorCount) {
        for (int i = 0; i < sectorCount; i++) {
            sectors.add(new ArrayList<>());
        }
    }

    /** @param possible the sides on which it may arrive. */
    public Write begin(final int from, final int to, final boolean zero, final int possible) {
        final Write write = new Write(++numbers, from, to, zero, possible);
        for (int i = from; i < to; i++) {
            sectors.get(i).add(write);
        }
        writes.add(write);
        return write;
    }

    public static void fill(final Write write, final UnsafeBuffer memory) {
        for (int i = write.from; i < write.to; i++) {
            for (int at = 0; at < SECTOR; at += 16) {
                memory.putLong((i - write.from) * SECTOR + at, write.number);
                memory.putLong((i - write.from) * SECTOR + at + 8, i);
            }
        }
    }

    public void acknowledged(final Write write, final int holders, final boolean durable) {
        write.acknowledged = true;
        write.possible |= holders;
        write.holders |= holders;
        write.stable |= durable ? holders : 0;
    }

    /** A number that is at least that of each write so far. */
    public long last() {
        return numbers;
    }

    /** A flush that was asked for when {@code last} writes had begun. Covers what was acknowledged by then. */
    public void flushed(final List<Write> covered, final int sides) {
        for (final Write write : covered) {
            write.stable |= write.holders & sides;
        }
    }

    public List<Write> acknowledgedNow() {
        return writes.stream().filter(write -> write.acknowledged).toList();
    }

    public void lostPower(final int side) {
        writes.forEach(write -> write.holders &= ~side);
    }

    /** A person decided that what this side has is given up. */
    public void givenUp(final int side) {
        for (final Write write : writes) {
            write.holders &= ~side;
            write.stable &= ~side;
            write.possible &= ~side;
        }
    }

    /** One side is being filled from the other one. */
    public void mayBeOnBoth() {
        for (final Write write : writes) {
            write.possible = write.possible == 0 ? 0 : BOTH;
        }
    }

    /** A person let the other side serve, whatever this one has: that may be lost, and may come back. */
    public void leftBehind(final int side) {
        for (final Write write : writes) {
            write.holders &= ~side;
            write.stable &= ~side;
        }
    }

    /** Both sides are equal: what one had, both have. */
    public void inStep(final int sides) {
        for (final Write write : writes) {
            if ((write.holders | write.stable) != 0) {
                write.holders |= sides;
            }
            // One that was not answered yet may have been copied with what was.
            if (write.possible != 0) {
                write.possible |= sides;
            }
        }
    }

    /**
     * Both sides hold what is on the volume now. It may not vanish again, but by a loss of power on both of what was
     * not flushed: what lies below it up to the newest that is stable may show then.
     */
    public void settle(final UnsafeBuffer image) {
        final Set<Write> kept = new LinkedHashSet<>();
        for (int i = 0; i < sectors.size() && (i + 1) * SECTOR <= image.capacity(); i++) {
            if (!sectors.get(i).isEmpty()) {
                final long found = image.getLong(i * SECTOR);
                final Write settled = new Write(found, i, i + 1, found == 0, BOTH);
                settled.acknowledged = true;
                settled.holders = BOTH;
                sectors.set(i, below(sectors.get(i), found));
                sectors.get(i).add(settled);
                kept.addAll(sectors.get(i));
            }
        }
        writes.clear();
        writes.addAll(kept);
    }

    private static List<Write> below(final List<Write> history, final long found) {
        int end = history.size();
        while (end > 0 && history.get(end - 1).stamp() != found) {
            end--;
        }
        int floor = Math.max(0, end - 1);
        while (floor > 0 && history.get(floor).stable == 0) {
            floor--;
        }
        return new ArrayList<>(history.subList(floor, end));
    }

    /**
     * Holds that no sector lost what it may not lose, and shows nothing that was never written or is overwritten.
     *
     * @param sides those whose writes the bytes must show.
     */
    public void check(
        final UnsafeBuffer bytes, final int firstSector, final int sides, final Supplier<String> where) {
        final int count = bytes.capacity() / SECTOR;
        for (int i = 0; i < count; i++) {
            checkSector(bytes, i * SECTOR, firstSector + i, sides, where);
        }
    }

    private void checkSector(
        final UnsafeBuffer bytes, final int at, final int sector, final int sides, final Supplier<String> where) {
        final long found = bytes.getLong(at);
        for (int i = 16; i < SECTOR; i += 16) {
            if (bytes.getLong(at + i) != found || found != 0 && bytes.getLong(at + i + 8) != sector) {
                throw new AssertionError("sector " + sector + " is torn or misplaced: " + where.get());
            }
        }
        final List<Write> history = sectors.get(sector);
        boolean floor = false;
        for (int i = history.size() - 1; i >= 0 && !floor; i--) {
            final Write write = history.get(i);
            if (write.stamp() == found && write.possible != 0) {
                return;
            }
            floor = ((write.holders | write.stable) & sides) != 0;
        }
        if (floor || found != 0 && !unknown.get(sector)) {
            throw new AssertionError("sector " + sector + " holds " + found + " of " + history + ": " + where.get());
        }
    }

    /** What lies behind a new end may be anything from now on, until it is written. */
    public void truncate(final int sectorCount) {
        for (int i = sectorCount; i < sectors.size(); i++) {
            sectors.get(i).clear();
            unknown.set(i);
        }
    }
}
