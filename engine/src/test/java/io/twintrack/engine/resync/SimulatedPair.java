package io.twintrack.engine.resync;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import java.util.BitSet;

/**
 * Two sides in memory, a number for each block of 4 KiB, behind one server that takes requests in their order: each
 * takes a fixed time and a time by its length. Allocates nothing per request.
 */
final class SimulatedPair implements PairIo {
    static final int BLOCK = 4096;
    private static final int CAPACITY = 256;
    private static final long REQUEST_NS = 20_000;
    /** 1 GB/s. */
    private static final long BYTES_PER_NS = 1;

    enum Kind {
        COPY, COMPARE_AND_COPY, PULL, COMPARE, FLUSH, CLIENT
    }

    final int[] here;
    final int[] there;
    final int[] stableThere;
    final BitSet unreadable = new BitSet();
    final long[] requests = new long[Kind.values().length];
    long bytesCopied;
    int longest;
    long lowestOffset;
    int mostOutstanding;
    Status failure = Status.OK;
    boolean refusing;

    private final Kind[] kinds = new Kind[CAPACITY];
    private final long[] offsets = new long[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private final RequestListener[] listeners = new RequestListener[CAPACITY];
    private final long[] tags = new long[CAPACITY];
    private final long[] dueNs = new long[CAPACITY];
    private long first;
    private long next;
    private long freeNs;
    private long clientRequests;
    private long nowNs;

    SimulatedPair(final int blocks) {
        here = new int[blocks];
        there = new int[blocks];
        stableThere = new int[blocks];
    }

    @Override
    public long size() {
        return (long) here.length * BLOCK;
    }

    @Override
    public int maxTransfer() {
        return 256 * 1024;
    }

    @Override
    public long clientRequests() {
        return clientRequests;
    }

    /** A client's write of 4 KiB; both sides have it when it is answered. */
    boolean write(final long offset, final RequestListener listener, final long tag) {
        clientRequests++;
        return add(Kind.CLIENT, BLOCK, offset, listener, tag);
    }

    @Override
    public boolean copy(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return add(Kind.COPY, length, offset, listener, tag);
    }

    @Override
    public boolean compareAndCopy(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return add(Kind.COMPARE_AND_COPY, length, offset, listener, tag);
    }

    @Override
    public boolean pull(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return add(Kind.PULL, length, offset, listener, tag);
    }

    @Override
    public boolean compare(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return add(Kind.COMPARE, length, offset, listener, tag);
    }

    @Override
    public boolean flushBoth(final RequestListener listener, final long tag) {
        return add(Kind.FLUSH, 0, 0, listener, tag);
    }

    private boolean add(
        final Kind kind, final int length, final long offset, final RequestListener listener, final long tag) {
        if (refusing || next - first == CAPACITY) {
            return false;
        }
        final int at = (int) (next++ % CAPACITY);
        kinds[at] = kind;
        offsets[at] = offset;
        lengths[at] = length;
        listeners[at] = listener;
        tags[at] = tag;
        freeNs = Math.max(freeNs, nowNs) + REQUEST_NS + length / BYTES_PER_NS;
        dueNs[at] = freeNs;
        requests[kind.ordinal()]++;
        lowestOffset = Math.min(lowestOffset, offset);
        longest = Math.max(longest, length);
        mostOutstanding = Math.max(mostOutstanding, (int) (next - first));
        return true;
    }

    /** Ends what is due. */
    void poll(final long pollNs) {
        nowNs = pollNs;
        while (first < next && dueNs[(int) (first % CAPACITY)] <= nowNs) {
            final int at = (int) (first++ % CAPACITY);
            final Status status = carryOut(kinds[at], (int) (offsets[at] / BLOCK), lengths[at] / BLOCK);
            clientRequests += kinds[at] == Kind.CLIENT ? 1 : 0;
            listeners[at].onComplete(tags[at], status);
        }
    }

    private Status carryOut(final Kind kind, final int block, final int blocks) {
        if (failure != Status.OK) {
            return failure;
        }
        if (kind == Kind.FLUSH) {
            System.arraycopy(there, 0, stableThere, 0, there.length);
            return Status.OK;
        }
        final int bad = unreadable.nextSetBit(block);
        if (kind != Kind.CLIENT && bad >= 0 && bad < block + blocks) {
            return Status.IO_ERROR;
        }
        return switch (kind) {
            case COMPARE -> equal(block, blocks) ? Status.OK : Status.DIFFERENT;
            case COPY, COMPARE_AND_COPY -> copy(here, there, block, blocks);
            case PULL -> copy(there, here, block, blocks);
            default -> write(block);
        };
    }

    private boolean equal(final int block, final int blocks) {
        for (int i = block; i < block + blocks; i++) {
            if (here[i] != there[i]) {
                return false;
            }
        }
        return true;
    }

    private Status copy(final int[] from, final int[] to, final int block, final int blocks) {
        System.arraycopy(from, block, to, block, blocks);
        bytesCopied += (long) blocks * BLOCK;
        return Status.OK;
    }

    private Status write(final int block) {
        here[block]++;
        there[block] = here[block];
        return Status.OK;
    }

    /** The redundant side's cache is gone. */
    void losePowerThere() {
        System.arraycopy(stableThere, 0, there, 0, there.length);
    }

    boolean isIdle() {
        return first == next;
    }

    long requests(final Kind kind) {
        return requests[kind.ordinal()];
    }
}
