package io.twintrack.engine.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Mode memory: writes that were answered when the other side had them in its memory. It has to have them from then on,
 * unless its process ends before they are known to be on its disk.
 */
final class HeldWrites {
    /** @param floors what the side had to hold before, sector by sector. */
    private record Held(int side, long number, int from, long[] floors) {
    }

    private final History history;
    private final List<Held> held = new ArrayList<>();

    HeldWrites(final History history) {
        this.history = history;
    }

    void answered(final int side, final long number, final int from, final int to) {
        final long[] floors = new long[to - from];
        System.arraycopy(history.floor[side], from, floors, 0, floors.length);
        held.add(new Held(side, number, from, floors));
        history.acked(side, number, from, to, false);
    }

    /**
     * The primary is done with it.
     *
     * @param onBoth the other side's disk has it too. Else that failed it, or was lost first: the primary went on alone.
     */
    void released(final long number, final boolean onBoth) {
        for (final Held one : held) {
            if (one.number == number && !onBoth) {
                takeBack(one);
            }
        }
        held.removeIf(one -> one.number == number);
    }

    /** A side's process ends, and with it what it had in memory. */
    void ended(final int side) {
        for (final Held one : held) {
            if (one.side == side) {
                takeBack(one);
            }
        }
        held.removeIf(one -> one.side == side);
    }

    private void takeBack(final Held one) {
        for (int i = 0; i < one.floors.length; i++) {
            history.takeBack(one.side, one.from + i, one.number, one.floors[i]);
        }
    }
}
