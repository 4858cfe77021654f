package io.twintrack.engine.pair;

import java.util.BitSet;

/**
 * Every write of a model's run: what it was written over, and whether anyone may still count on it. The content of a
 * block is the number of the write that was there last.
 */
final class ModelWrites {
    private static final int MAX = 4096;

    private final int[] parent = new int[MAX];
    private final BitSet acknowledged = new BitSet();
    private final BitSet flushed = new BitSet();
    private final BitSet abandoned = new BitSet();
    /** By side: its volatile copy is gone, or does not count any more. */
    private final BitSet[] lostOn = {new BitSet(), new BitSet()};
    /** By side: it lay on that side's disk, in the cache, when the power went. */
    private final BitSet[] wentWithPower = {new BitSet(), new BitSet()};
    private int last;

    int next(final int writtenOver) {
        parent[++last] = writtenOver;
        return last;
    }

    void acknowledge(final int write) {
        acknowledged.set(write);
    }

    void losePower(final int side) {
        final BitSet unstable = (BitSet) acknowledged.clone();
        unstable.andNot(flushed);
        unstable.andNot(lostOn[side]);
        wentWithPower[side].or(unstable);
        lostOn[side].or(unstable);
    }

    /** This side goes on alone: what it has is what counts, and the other one's copies of that do not any more. */
    void goOnWith(final int side) {
        final BitSet here = (BitSet) acknowledged.clone();
        here.andNot(lostOn[side]);
        lostOn[1 - side].or(here);
    }

    /** An operator lets this side go on by itself although its power went: what went with it is given up. */
    void giveUpWhatWentWithPower(final int side) {
        lostOn[1 - side].or(wentWithPower[side]);
    }

    void lose(final int side, final int write) {
        lostOn[side].set(write);
    }

    /** A flush was answered; this is what one of its sides holds. */
    void flush(final int[] content) {
        forEachHeld(content, flushed);
    }

    /**
     * An operator keeps one side: what is not there is given up, and what the other one holds does not count any more.
     */
    void keep(final ModelSide kept) {
        final BitSet held = new BitSet();
        forEachHeld(kept.content, held);
        abandoned.or(acknowledged);
        abandoned.andNot(held);
        lostOn[1 - kept.index].or(acknowledged);
        final BitSet stable = new BitSet();
        forEachHeld(kept.stable, stable);
        flushed.and(stable);
    }

    private void forEachHeld(final int[] content, final BitSet to) {
        for (final int newest : content) {
            for (int write = newest; write != 0; write = parent[write]) {
                to.set(write);
            }
        }
    }

    /** @return whether a block with this content may be overwritten with that one: nothing promised goes lost. */
    boolean mayReplace(final int with, final int old) {
        int promised = old;
        while (promised != 0 && !isPromised(promised)) {
            promised = parent[promised];
        }
        int write = with;
        while (write != 0 && write != promised) {
            write = parent[write];
        }
        return write == promised;
    }

    private boolean isPromised(final int write) {
        final boolean gone = !flushed.get(write) && lostOn[0].get(write) && lostOn[1].get(write);
        return acknowledged.get(write) && !abandoned.get(write) && !gone;
    }
}
