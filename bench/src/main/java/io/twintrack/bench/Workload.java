package io.twintrack.bench;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a client does in one cell of the table: one block size, one queue depth, all over the volume. */
public enum Workload {
    WRITE_4K_D1("write-4k-d1", true, true, 4 << 10, 1),
    WRITE_4K_D32("write-4k-d32", true, true, 4 << 10, 32),
    WRITE_1M_D8("write-1m-d8", true, false, 1 << 20, 8),
    READ_4K_D32("read-4k-d32", false, true, 4 << 10, 32);

    private final String label;
    private final boolean writes;
    private final boolean random;
    private final int blockSize;
    private final int depth;

    Workload(
        final String label, final boolean writes, final boolean random, final int blockSize, final int depth) {
        this.label = label;
        this.writes = writes;
        this.random = random;
        this.blockSize = blockSize;
        this.depth = depth;
    }

    @JsonValue
    public String label() {
        return label;
    }

    public boolean writes() {
        return writes;
    }

    /** Blocks in random order; else one after the other. */
    public boolean random() {
        return random;
    }

    /** In bytes. */
    public int blockSize() {
        return blockSize;
    }

    /** Requests in flight. */
    public int depth() {
        return depth;
    }
}
