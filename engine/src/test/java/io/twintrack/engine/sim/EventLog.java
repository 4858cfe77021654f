package io.twintrack.engine.sim;

import java.util.ArrayList;
import java.util.List;

/** What happened, as a running hash, and the last of it as text. The same seed makes the same hash. */
final class EventLog {
    private static final int KEPT = 400;
    private static final long PRIME = 0x100000001B3L;

    private final SimClock clock;
    private final String[] last = new String[KEPT];
    private final boolean inWords;
    private long hash = 0xCBF29CE484222325L;
    private long count;

    EventLog(final SimClock clock, final boolean inWords) {
        this.clock = clock;
        this.inWords = inWords;
    }

    /** Keeps no words of what happens by the thousand, unless they are asked for. */
    void event(final String kind, final long a, final long b, final long c) {
        mix(clock.nowNs());
        mix(kind.hashCode());
        mix(a);
        mix(b);
        mix(c);
        if (inWords) {
            keep(kind + ' ' + a + ' ' + b + ' ' + c);
        }
        count++;
    }

    void say(final String text) {
        mix(clock.nowNs());
        mix(text.hashCode());
        keep(text);
        count++;
    }

    private int said;

    private void keep(final String text) {
        last[said++ % KEPT] = (clock.nowNs() / SimClock.MICRO) + " us  " + text;
    }

    private void mix(final long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 29;
    }

    long hash() {
        return hash;
    }

    long count() {
        return count;
    }

    List<String> last(final int wanted) {
        final List<String> lines = new ArrayList<>();
        for (int i = Math.max(0, said - Math.min(wanted, KEPT)); i < said; i++) {
            lines.add(last[i % KEPT]);
        }
        return lines;
    }
}
