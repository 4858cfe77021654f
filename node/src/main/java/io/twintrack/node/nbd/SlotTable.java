package io.twintrack.node.nbd;

import io.twintrack.engine.memory.SlotPool;

import java.util.Arrays;

/**
 * Who holds which slot and for which piece of a request, and how many a connection may take. Each connection has a
 * reserve that is its own; beyond it, it takes a slot only while the unused reserves of all others stay free. So one
 * that never gives its slots back leaves the others theirs.
 */
final class SlotTable {
    static final int NONE = SlotPool.NONE;

    private final SlotPool pool;
    private final int reserve;
    private final int[] held;
    private int unusedReserves;

    private final short[] owner;
    private final short[] request;
    private final int[] position;
    private final int[] length;
    private final int[] next;
    private final boolean[] done;

    SlotTable(final SlotPool pool, final int maxConnections) {
        this.pool = pool;
        reserve = Math.max(1, pool.count() / (2 * maxConnections));
        if (reserve * maxConnections > pool.count()) {
            throw new IllegalArgumentException(
                pool.count() + " slots are too few for " + maxConnections + " connections");
        }
        held = new int[maxConnections];
        unusedReserves = reserve * maxConnections;
        owner = new short[pool.count()];
        Arrays.fill(owner, (short) NONE);
        request = new short[pool.count()];
        position = new int[pool.count()];
        length = new int[pool.count()];
        next = new int[pool.count()];
        done = new boolean[pool.count()];
    }

    /** Slots that a connection has for itself. */
    int reserve() {
        return reserve;
    }

    int count() {
        return owner.length;
    }

    int slotLength() {
        return pool.slotLength();
    }

    long address(final int slot) {
        return pool.address(slot);
    }

    /** @return a slot, or {@link #NONE}: wait until one is given back. */
    int claim(final int connection) {
        final boolean own = held[connection] < reserve;
        if (!own && pool.free() <= unusedReserves) {
            return NONE;
        }
        final int slot = pool.claim();
        if (slot != NONE) {
            owner[slot] = (short) connection;
            held[connection]++;
            unusedReserves -= own ? 1 : 0;
        }
        return slot;
    }

    void release(final int slot) {
        final int connection = owner[slot];
        if (connection == NONE) {
            throw new IllegalStateException("slot " + slot + " is not held");
        }
        owner[slot] = NONE;
        held[connection]--;
        unusedReserves += held[connection] < reserve ? 1 : 0;
        pool.release(slot);
    }

    /** For a connection that is over: nothing reads or writes its slots any more. */
    void releaseAll(final int connection) {
        for (int slot = 0; held[connection] > 0; slot++) {
            if (owner[slot] == connection) {
                release(slot);
            }
        }
    }

    /** Says which piece of a request a slot carries: where it begins in the request, and how long it is. */
    void assign(final int slot, final int requestIndex, final int position, final int length) {
        request[slot] = (short) requestIndex;
        this.position[slot] = position;
        this.length[slot] = length;
        next[slot] = NONE;
        done[slot] = false;
    }

    int request(final int slot) {
        return request[slot];
    }

    int position(final int slot) {
        return position[slot];
    }

    int length(final int slot) {
        return length[slot];
    }

    /** The slot of the same request that comes behind, or {@link #NONE}. */
    int next(final int slot) {
        return next[slot];
    }

    void next(final int slot, final int behind) {
        next[slot] = behind;
    }

    boolean isDone(final int slot) {
        return done[slot];
    }

    void done(final int slot) {
        done[slot] = true;
    }
}
