package io.twintrack.sata;

import io.twintrack.engine.Status;

/** The operations that the device's user waits for: a table made at the start. HBA's thread only. */
final class OperationTable {
    static final byte READ = CommandQueue.READ;
    static final byte WRITE = CommandQueue.WRITE;
    static final byte WRITE_DURABLE = CommandQueue.WRITE_DURABLE;
    static final byte FLUSH = CommandQueue.FLUSH;
    static final byte TRIM = CommandQueue.TRIM;
    static final byte ZERO_WRITE = 5;

    final byte[] kinds;
    final long[] tokens;
    final long[] addresses;
    final long[] offsets;
    final long[] lengths;
    /** Bytes of the operation of which pieces were made. */
    final long[] cut;
    /** Pieces that did not end yet. */
    final int[] pieces;
    /** Pieces are still to be made. */
    final boolean[] queued;
    /** A piece of a durable write is durable only with a flush behind it. */
    final boolean[] flushNeeded;
    /** The disk refused to trim: all of it is written with zeros. */
    final boolean[] trimRefused;
    /** Of a flush: how many writes had completed when it began. */
    final long[] writesBefore;
    final Status[] statuses;
    private final IntRing free;

    OperationTable(final int capacity) {
        kinds = new byte[capacity];
        tokens = new long[capacity];
        addresses = new long[capacity];
        offsets = new long[capacity];
        lengths = new long[capacity];
        cut = new long[capacity];
        pieces = new int[capacity];
        queued = new boolean[capacity];
        flushNeeded = new boolean[capacity];
        trimRefused = new boolean[capacity];
        writesBefore = new long[capacity];
        statuses = new Status[capacity];
        free = new IntRing(capacity);
        for (int op = 0; op < capacity; op++) {
            free.add(op);
        }
    }

    boolean isFull() {
        return free.isEmpty();
    }

    int used() {
        return kinds.length - free.size();
    }

    int capacity() {
        return kinds.length;
    }

    /** There is room. */
    int claim(final byte kind, final Status status, final long token, final long address, final long length,
        final long offset) {
        final int op = free.poll();
        kinds[op] = kind;
        statuses[op] = status;
        tokens[op] = token;
        addresses[op] = address;
        lengths[op] = length;
        offsets[op] = offset;
        cut[op] = 0;
        pieces[op] = 0;
        queued[op] = false;
        flushNeeded[op] = false;
        trimRefused[op] = false;
        return op;
    }

    void release(final int op) {
        free.add(op);
    }

    void fail(final int op, final Status status) {
        if (statuses[op] == Status.OK) {
            statuses[op] = status;
        }
    }

    /** No more pieces are made of it. */
    boolean isStopped(final int op) {
        return statuses[op] != Status.OK || trimRefused[op];
    }
}
