package io.twintrack.engine.frame;

import net.openhft.hashing.LongTupleHashFunction;

/**
 * The 128-bit XXH3 hash by which both sides find out whether a block is equal without sending it. It is no
 * cryptographic hash: it finds accidents, not forgeries. One thread; reused for every block.
 */
public final class BlockHash {
    private static final LongTupleHashFunction XXH128 = LongTupleHashFunction.xx128();

    private final long[] halves = XXH128.newResultArray();

    public void compute(final long address, final int length) {
        XXH128.hashMemory(address, length, halves);
    }

    public long low() {
        return halves[0];
    }

    public long high() {
        return halves[1];
    }
}
