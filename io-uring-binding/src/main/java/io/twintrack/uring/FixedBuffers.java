package io.twintrack.uring;

import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring's sparse table of fixed buffers: memory whose pages stay pinned between operations. A buffer is at most
 * 1 GiB, so larger memory takes several slots. Pieces are kept sorted by address for the look-up.
 */
final class FixedBuffers {
    static final int NONE = -1;
    private static final Logger LOG = LoggerFactory.getLogger(FixedBuffers.class);
    private static final long MAX_LENGTH = 1L << 30;
    /* struct io_uring_rsrc_update2: offset u32, resv u32, data u64, tags u64, nr u32, resv2 u32; then one iovec. */
    private static final int UPDATE_LENGTH = 32;

    private final int ringFd;
    private final long memory;
    private final long[] starts;
    private final long[] ends;
    private final int[] slots;
    private final boolean[] slotUsed;
    private int count;
    private int last;
    private boolean warned;

    /** @param memory of at least 48 bytes, for arguments. */
    FixedBuffers(final int ringFd, final long memory, final int capacity) {
        this.ringFd = ringFd;
        this.memory = memory;
        final int granted = FixedTable.registerSparse(ringFd, memory, Abi.REGISTER_BUFFERS2, capacity) ? capacity : 0;
        starts = new long[granted];
        ends = new long[granted];
        slots = new int[granted];
        slotUsed = new boolean[granted];
    }

    /** @return the slot of the buffer that holds all of this memory, or {@link #NONE}. */
    int find(final long address, final long length) {
        if (count == 0) {
            return NONE;
        }
        if (address < starts[last] || address >= ends[last]) {
            last = lastStartingAtOrBelow(address);
        }
        return address >= starts[last] && address + length <= ends[last] ? slots[last] : NONE;
    }

    private int lastStartingAtOrBelow(final long address) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= address) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    boolean register(final long address, final long length) {
        boolean all = true;
        for (long done = 0; done < length; done += MAX_LENGTH) {
            all &= registerPiece(address + done, Math.min(MAX_LENGTH, length - done));
        }
        return all;
    }

    private boolean registerPiece(final long address, final long length) {
        final int slot = freeSlot();
        if (slot == NONE) {
            warn("all " + slots.length + " slots are in use");
            return false;
        }
        final int errno = update(slot, address, length);
        if (errno != 0) {
            warn(Errno.text(errno) + (errno == Errno.ENOMEM ? ", raise the locked-memory limit (ulimit -l)" : ""));
            return false;
        }
        insert(slot, address, length);
        return true;
    }

    private void warn(final String reason) {
        if (!warned) {
            warned = true;
            LOG.warn("memory is not registered with io_uring: {}. " +
                "I/O works, and pins its pages anew each time", reason);
        }
    }

    private int freeSlot() {
        for (int i = 0; i < slotUsed.length; i++) {
            if (!slotUsed[i]) {
                return i;
            }
        }
        return NONE;
    }

    private void insert(final int slot, final long address, final long length) {
        int i = count++;
        for (; i > 0 && starts[i - 1] > address; i--) {
            starts[i] = starts[i - 1];
            ends[i] = ends[i - 1];
            slots[i] = slots[i - 1];
        }
        starts[i] = address;
        ends[i] = address + length;
        slots[i] = slot;
        slotUsed[slot] = true;
    }

    void unregister(final long address, final long length) {
        for (int i = count - 1; i >= 0; i--) {
            if (starts[i] >= address && ends[i] <= address + length) {
                update(slots[i], 0, 0);
                slotUsed[slots[i]] = false;
                remove(i);
            }
        }
        last = 0;
    }

    private void remove(final int index) {
        count--;
        System.arraycopy(starts, index + 1, starts, index, count - index);
        System.arraycopy(ends, index + 1, ends, index, count - index);
        System.arraycopy(slots, index + 1, slots, index, count - index);
    }

    /** @return 0 or an error number. */
    private int update(final int slot, final long address, final long length) {
        UnsafeApi.setMemory(memory, UPDATE_LENGTH, (byte) 0);
        UnsafeApi.putInt(memory, slot);
        UnsafeApi.putLong(memory + 8, memory + UPDATE_LENGTH);
        UnsafeApi.putInt(memory + 24, 1);
        UnsafeApi.putLong(memory + UPDATE_LENGTH, address);
        UnsafeApi.putLong(memory + UPDATE_LENGTH + 8, length);
        final int result =
            (int) Libc.syscall(Abi.SYS_REGISTER, ringFd, Abi.REGISTER_BUFFERS_UPDATE, memory, UPDATE_LENGTH);
        return result < 0 ? Libc.errno() : 0;
    }
}
