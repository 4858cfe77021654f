package io.twintrack.engine.memory;

import org.agrona.BitUtil;

/**
 * The slots of one HBA: page-aligned pieces of its memory, all of one length, that hold a request's data from arrival
 * to completion. Slots are claimed last in, first out, so that a light load stays in cache. HBA's thread only.
 */
public final class SlotPool {
    public static final int NONE = -1;

    private final long baseAddress;
    private final int slotLength;
    private final int[] free;
    private int freeCount;

    /**
     * @param baseAddress of the first slot, page-aligned.
     * @param slotLength  in bytes, a power of two of at least 4 KiB.
     */
    public SlotPool(final long baseAddress, final int slotLength, final int slotCount) {
        if (slotLength < 4096 || !BitUtil.isPowerOfTwo(slotLength)) {
            throw new IllegalArgumentException("slot length " + slotLength + " is not a power of two from 4096 on");
        }
        if ((baseAddress & 4095) != 0) {
            throw new IllegalArgumentException("slots are not page-aligned");
        }
        this.baseAddress = baseAddress;
        this.slotLength = slotLength;
        this.free = new int[slotCount];
        for (int i = 0; i < slotCount; i++) {
            free[i] = slotCount - 1 - i;
        }
        freeCount = slotCount;
    }

    /** @return a slot, or {@link #NONE} when all are in use. */
    public int claim() {
        return freeCount == 0 ? NONE : free[--freeCount];
    }

    public void release(final int slot) {
        if (freeCount == free.length || slot < 0 || slot >= free.length) {
            throw new IllegalStateException("slot " + slot + " is not in use");
        }
        free[freeCount++] = slot;
    }

    public long address(final int slot) {
        return baseAddress + (long) slot * slotLength;
    }

    /** Bytes in a slot: the longest single read or write. */
    public int slotLength() {
        return slotLength;
    }

    public int free() {
        return freeCount;
    }

    public int count() {
        return free.length;
    }
}
