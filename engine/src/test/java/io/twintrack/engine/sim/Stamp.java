package io.twintrack.engine.sim;

import org.agrona.MutableDirectBuffer;

/**
 * What a sector of a client's write holds, so that any sector tells which write it is of and whether it is whole:
 * <pre>
 *   0        8        16                                512
 *   +--------+--------+----------------------------------+
 *   | id     | sector | (id, sector) mixed, 62 times     |
 *   +--------+--------+----------------------------------+
 * </pre>
 */
final class Stamp {
    static final int SECTOR = 512;
    static final long ZEROS = 0;
    static final long NONSENSE = -1;

    private Stamp() {
    }

    static void put(final MutableDirectBuffer to, final int at, final long id, final long sector) {
        to.putLong(at, id);
        to.putLong(at + 8, sector);
        final long mixed = mix(id, sector);
        for (int i = 16; i < SECTOR; i += 8) {
            to.putLong(at + i, mixed);
        }
    }

    /** @return the id of the write, {@link #ZEROS}, or {@link #NONSENSE}. */
    static long read(final org.agrona.DirectBuffer from, final int at, final long sector) {
        final long id = from.getLong(at);
        final long mixed = id == 0 ? 0 : mix(id, sector);
        boolean whole = from.getLong(at + 8) == (id == 0 ? 0 : sector);
        for (int i = 16; whole && i < SECTOR; i += 8) {
            whole = from.getLong(at + i) == mixed;
        }
        return whole ? id : NONSENSE;
    }

    private static long mix(final long id, final long sector) {
        return (id * 0x9E3779B97F4A7C15L) ^ (sector * 0xC2B2AE3D27D4EB4FL);
    }
}
