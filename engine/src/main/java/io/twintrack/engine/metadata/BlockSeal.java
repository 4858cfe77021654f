package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;
import static io.twintrack.engine.metadata.MetadataLayout.CHECKSUM_OFFSET;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.checksum.Crc32c;

/** The checksum at the end of every block: CRC32C (RFC 3720, appendix B.4) of all bytes before it. Off-heap blocks. */
final class BlockSeal {
    private BlockSeal() {
    }

    static void seal(final MutableDirectBuffer block, final int offset) {
        block.putInt(offset + CHECKSUM_OFFSET, checksum(block, offset), ByteOrder.LITTLE_ENDIAN);
    }

    static boolean isIntact(final DirectBuffer block, final int offset) {
        return block.getInt(offset + CHECKSUM_OFFSET, ByteOrder.LITTLE_ENDIAN) == checksum(block, offset);
    }

    private static int checksum(final DirectBuffer block, final int offset) {
        return Crc32c.INSTANCE.compute(block.addressOffset(), offset, CHECKSUM_OFFSET);
    }

    /** Nothing was ever written there. */
    static boolean isBlank(final DirectBuffer block, final int offset) {
        int at = offset;
        while (at < offset + BLOCK_LENGTH && block.getLong(at) == 0) {
            at += Long.BYTES;
        }
        return at == offset + BLOCK_LENGTH;
    }
}
