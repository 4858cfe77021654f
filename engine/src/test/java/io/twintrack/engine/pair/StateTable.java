package io.twintrack.engine.pair;

/** The table of transitions, for tests that look from outside. */
public final class StateTable {
    private StateTable() {
    }

    /** @return whether the table has it. */
    public static boolean has(final PairState from, final PairState to) {
        return from != to && to.mayFollow(from);
    }
}
