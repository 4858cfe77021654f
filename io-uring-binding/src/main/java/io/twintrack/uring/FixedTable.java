package io.twintrack.uring;

import org.agrona.UnsafeApi;

/** Makes the ring's tables of buffers and files with all slots empty (kernel 5.19). */
final class FixedTable {
    /* struct io_uring_rsrc_register: nr u32, flags u32, resv2 u64, data u64, tags u64. */
    private static final int REGISTER_LENGTH = 32;

    private FixedTable() {
    }

    /** @return false where the kernel has no sparse tables: nothing will be registered then. */
    static boolean registerSparse(final int ringFd, final long memory, final int opcode, final int slots) {
        if (slots == 0) {
            return false;
        }
        UnsafeApi.setMemory(memory, REGISTER_LENGTH, (byte) 0);
        UnsafeApi.putInt(memory, slots);
        UnsafeApi.putInt(memory + 4, Abi.RSRC_REGISTER_SPARSE);
        return (int) Libc.syscall(Abi.SYS_REGISTER, ringFd, opcode, memory, REGISTER_LENGTH) >= 0;
    }
}
