package io.twintrack.uring;

import java.util.Arrays;
import org.agrona.UnsafeApi;

/** The ring's sparse table of fixed files, and which of our descriptors stands in which slot. */
final class FixedFiles {
    static final int NONE = -1;
    private static final int MAX_FD = 1 << 16;
    private static final int EMPTY = -1;

    private final int ringFd;
    private final long memory;
    private final boolean[] slotUsed;
    private int[] slotOfFd = new int[0];

    /** @param memory of at least 32 bytes, for arguments. */
    FixedFiles(final int ringFd, final long memory, final int capacity) {
        this.ringFd = ringFd;
        this.memory = memory;
        slotUsed = new boolean[FixedTable.registerSparse(ringFd, memory, Abi.REGISTER_FILES2, capacity) ? capacity : 0];
    }

    int find(final int fd) {
        return fd >= 0 && fd < slotOfFd.length ? slotOfFd[fd] : NONE;
    }

    boolean register(final int fd) {
        if (fd < 0 || fd >= MAX_FD || find(fd) != NONE) {
            return find(fd) != NONE;
        }
        for (int slot = 0; slot < slotUsed.length; slot++) {
            if (!slotUsed[slot]) {
                return put(slot, fd);
            }
        }
        return false;
    }

    private boolean put(final int slot, final int fd) {
        if (!update(slot, fd)) {
            return false;
        }
        if (fd >= slotOfFd.length) {
            final int known = slotOfFd.length;
            slotOfFd = Arrays.copyOf(slotOfFd, fd + 1);
            Arrays.fill(slotOfFd, known, fd + 1, NONE);
        }
        slotOfFd[fd] = slot;
        slotUsed[slot] = true;
        return true;
    }

    void unregister(final int fd) {
        final int slot = find(fd);
        if (slot != NONE) {
            update(slot, EMPTY);
            slotOfFd[fd] = NONE;
            slotUsed[slot] = false;
        }
    }

    /* struct io_uring_files_update: offset u32, resv u32, fds u64; then one descriptor. */
    private boolean update(final int slot, final int fd) {
        UnsafeApi.putInt(memory, slot);
        UnsafeApi.putInt(memory + 4, 0);
        UnsafeApi.putLong(memory + 8, memory + 16);
        UnsafeApi.putInt(memory + 16, fd);
        return (int) Libc.syscall(Abi.SYS_REGISTER, ringFd, Abi.REGISTER_FILES_UPDATE, memory, 1) >= 0;
    }
}
