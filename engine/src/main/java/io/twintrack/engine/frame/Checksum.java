package io.twintrack.engine.frame;

import org.agrona.checksum.Crc32c;

/** CRC32C (Castagnoli, RFC 3720 appendix B.4) over memory. It finds damage, it proves nothing about the sender. */
final class Checksum {
    private Checksum() {
    }

    static int of(final long address, final int length) {
        return Crc32c.INSTANCE.compute(address, 0, length);
    }
}
