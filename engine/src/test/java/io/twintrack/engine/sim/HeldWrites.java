package io.twintrack.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
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
    private final SimClock clock;
    /** When a side's disk failed a write to a sector the last time. */
    private final long[][] failedNs;

    HeldWrites(final History history, final SimClock clock) {
        this.history = history;
        this.clock = clock;
        failedNs = new long[2][history.sectors];
    }

    /** @param beganNs when it was asked for: the side's disk may have failed it before the answer came. */
    void answered(final int side, final long number, final int from, final int to, final long beganNs) {
        if (Arrays.stream(failedNs[side], from, to).anyMatch(ns -> ns >= beganNs)) {
            return;
        }
        final long[] floors = new long[to - from];
        System.arraycopy(history.floor[side], from, floors, 0, floors.length);
        held.add(new Held(side, number, from, floors));
        history.acked(side, number, from, to, false);
    }

    /** A side's disk failed a write to these sectors, and the side says so. */
    void failed(final int side, final int fromSector, final int toSector) {
        Arrays.fill(failedNs[side], Math.min(fromSector, history.sectors), Math.min(toSector, history.sectors),
            clock.nowNs());
        for (final Held one : held) {
            if (one.side == side && one.from < toSector && fromSector < one.from + one.floors.length) {
                takeBack(one);
            }
        }
        held.removeIf(one -> one.side == side && one.from < toSector && fromSector < one.from + one.floors.length);
    }

    private void takeBack(final Held one) {
        for (int i = 0; i < one.floors.length; i++) {
            history.takeBack(one.side, one.from + i, one.number, one.floors[i]);
        }
    }

    /** Both sides are done with it. */
    void released(final long number) {
        held.removeIf(one -> one.number == number);
    }

    /** A side's process ends, and with it what it had in memory. */
    void ended(final int side) {
        held.stream().filter(one -> one.side == side).forEach(this::takeBack);
        held.removeIf(one -> one.side == side);
    }
}
