package io.twintrack.uring;

import java.time.Instant;
import org.agrona.UnsafeApi;

/**
 * What statx(2) says of a file. Of struct statx, 256 bytes, the fields
 * <pre>
 *   0 mask u32   28 mode u16   40 size u64   80 btime s64 seconds, u32 nanoseconds
 *   152 dio_mem_align u32   156 dio_offset_align u32
 * </pre>
 */
record Statx(int mask, int mode, long size, Instant birth, int dioMemAlign, int dioOffsetAlign) {
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int BASIC_STATS = 0x7FF;
    private static final int BTIME = 0x800;
    private static final int DIOALIGN = 0x2000;
    private static final byte[] EMPTY = {0};

    /**
     * @param fd      or -1 to follow the path.
     * @param memory  of at least 256 bytes.
     * @return null on failure, errno says why.
     */
    static Statx of(final int fd, final byte[] path, final long memory) {
        final long result = fd < 0 ?
            Libc.statx(AT_FDCWD, path, 0, BASIC_STATS | BTIME, memory) :
            Libc.statx(fd, EMPTY, AT_EMPTY_PATH, BASIC_STATS | DIOALIGN, memory);
        return (int) result < 0 ? null : new Statx(
            UnsafeApi.getInt(memory),
            UnsafeApi.getShort(memory + 28) & 0xFFFF,
            UnsafeApi.getLong(memory + 40),
            Instant.ofEpochSecond(UnsafeApi.getLong(memory + 80), UnsafeApi.getInt(memory + 88)),
            UnsafeApi.getInt(memory + 152),
            UnsafeApi.getInt(memory + 156));
    }

    boolean hasBirth() {
        return (mask & BTIME) != 0;
    }

    boolean hasDioAlign() {
        return (mask & DIOALIGN) != 0;
    }
}
