package io.twintrack.bench.load;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.BufferUtil;

/** Moves no bytes: completes what it took one poll later, the last request first, and keeps account. */
final class MemoryVolume implements EmbeddedVolume {
    private static final int CAPACITY = 64;
    private static final int FIRST = 16;

    private final long size;
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final long[] taken = new long[CAPACITY];
    private int takenCount;
    private int refuseEvery;
    private long failFrom = Long.MAX_VALUE;
    private long calls;
    private long accepted;
    private long completed;
    private long writes;
    private long outOfRange;
    private long jumps;
    private long expected = -1;
    private long places;
    private int deepest;

    MemoryVolume(final long size) {
        this.size = size;
    }

    @Override
    public long allocate(final int length) {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(length + 4096).alignedSlice(4096);
        memory.add(buffer);
        return BufferUtil.address(buffer);
    }

    @Override
    public boolean write(final long address, final int length, final long offset, final long tag) {
        if (!read(address, length, offset, tag)) {
            return false;
        }
        writes++;
        return true;
    }

    @Override
    public boolean read(final long address, final int length, final long offset, final long tag) {
        if (refuseEvery > 0 && ++calls % refuseEvery == 0) {
            return false;
        }
        if (offset < 0 || offset + length > size || offset % length != 0) {
            outOfRange++;
        }
        if (expected >= 0 && offset != expected % size) {
            jumps++;
        }
        expected = offset + length;
        if (accepted++ < FIRST) {
            places = places * 31 + offset;
        }
        taken[takenCount++] = tag;
        deepest = Math.max(deepest, takenCount);
        return true;
    }

    @Override
    public int poll(final CompletionListener listener) {
        final int count = takenCount;
        while (takenCount > 0) {
            listener.onComplete(taken[--takenCount], ++completed < failFrom);
        }
        return count;
    }

    @Override
    public Set<Long> pids() {
        return Set.of(ProcessHandle.current().pid());
    }

    @Override
    public void close() {
        memory.clear();
    }

    void refuseEvery(final int calls) {
        refuseEvery = calls;
    }

    void failFrom(final long completion) {
        failFrom = completion;
    }

    int deepest() {
        return deepest;
    }

    int inFlight() {
        return takenCount;
    }

    long completed() {
        return completed;
    }

    long writes() {
        return writes;
    }

    long outOfRange() {
        return outOfRange;
    }

    /** Requests that did not begin where the one before them ended, the volume's end apart. */
    long jumps() {
        return jumps;
    }

    /** A number made of where the first requests went. */
    long placesOfFirst() {
        return places;
    }
}
