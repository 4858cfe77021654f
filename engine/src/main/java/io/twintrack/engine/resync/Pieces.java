package io.twintrack.engine.resync;

import io.twintrack.engine.memory.SlotPool;

/** The pieces of a walk that are on their way, each in a slot of the HBA. A piece's tag is its slot. */
final class Pieces {
    static final int NONE = SlotPool.NONE;

    private final SlotPool slots;
    private final long[] offsets;
    private final int[] lengths;
    private final int[] walks;
    private int walk;
    private int outstanding;
    private long outstandingBytes;

    Pieces(final SlotPool slots) {
        this.slots = slots;
        offsets = new long[slots.count()];
        lengths = new int[slots.count()];
        walks = new int[slots.count()];
    }

    /** Those that are on their way from now on belong to a walk that is over. */
    void newWalk() {
        walk++;
    }

    /**
     * Half of the slots are left for clients and for what peers ask of this node: two nodes that copy to each other
     * would else hold all of them, each waiting for a slot of the other.
     *
     * @return a slot, or {@link #NONE}.
     */
    int claim(final long offset, final int length) {
        if (slots.free() <= slots.count() / 2) {
            return NONE;
        }
        final int slot = slots.claim();
        offsets[slot] = offset;
        lengths[slot] = length;
        walks[slot] = walk;
        outstanding++;
        outstandingBytes += length;
        return slot;
    }

    void release(final int slot) {
        slots.release(slot);
        outstanding--;
        outstandingBytes -= lengths[slot];
    }

    long address(final int slot) {
        return slots.address(slot);
    }

    long offset(final int slot) {
        return offsets[slot];
    }

    int length(final int slot) {
        return lengths[slot];
    }

    /** Whether it belongs to the walk that goes on now. */
    boolean isCurrent(final int slot) {
        return walks[slot] == walk;
    }

    /** Those of earlier walks included. */
    int outstanding() {
        return outstanding;
    }

    long outstandingBytes() {
        return outstandingBytes;
    }
}
