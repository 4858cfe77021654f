package io.twintrack.bench.load;

import java.nio.ByteBuffer;
import java.util.Set;
import org.agrona.BufferUtil;

/** Moves no bytes: completes what it took one poll later, the last request first, and keeps account. */
final class MemoryVolume implements EmbeddedVolume {
    private static final int BUFFERS = 32;
    private static final int BUFFER = 1 << 20;
    private static final int FIRST = 16;

    private final long size;
    private final ByteBuffer[] memory = new ByteBuffer[BUFFERS];
    private final int[] taken = new int[BUFFERS];
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
        for (int i = 0; i < BUFFERS; i++) {
            memory[i] = ByteBuffer.allocateDirect(BUFFER);
        }
    }

    @Override
    public int buffers() {
        return memory.length;
    }

    @Override
    public int bufferLength() {
        return BUFFER;
    }

    @Override
    public long address(final int buffer) {
        return BufferUtil.address(memory[buffer]);
    }

    @Override
    public boolean write(final int buffer, final int length, final long offset) {
        if (!read(buffer, length, offset)) {
            return false;
        }
        writes++;
        return true;
    }

    @Override
    public boolean read(final int buffer, final int length, final long offset) {
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
        taken[takenCount++] = buffer;
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
        // The collector frees the memory.
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
