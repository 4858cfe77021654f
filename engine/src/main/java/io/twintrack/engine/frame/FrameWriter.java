package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.FrameEncoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import org.agrona.MutableDirectBuffer;

/**
 * Writes the header of one frame where it lies: {@link #begin}, set the fields, put the payload in place,
 * {@link #seal}. One thread; reused for every frame.
 */
public final class FrameWriter {
    /** Bytes of a frame's header: message header and block. */
    public static final int HEADER_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + FrameEncoder.BLOCK_LENGTH;
    static final int CHECKSUMMED_LENGTH = HEADER_LENGTH - Integer.BYTES;

    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final FrameEncoder frame = new FrameEncoder();
    private long address;

    /** The claimed memory is not zeroed, so the fields that not every frame uses are cleared here. */
    public FrameEncoder begin(final MutableDirectBuffer buffer, final int offset, final Operation operation) {
        address = buffer.addressOffset() + offset;
        return frame.wrapAndApplyHeader(buffer, offset, messageHeader)
            .operation(operation.code())
            .requestId(0).requestOffset(0).requestLength(0).fragmentOffset(0)
            .hashLow(0).hashHigh(0).flags((short) 0)
            .reserved0(0).reserved1(0);
    }

    /**
     * Adds both checksums; every other byte of header and payload is in place.
     *
     * @param seed of the session, 0 for a frame that opens one.
     */
    public void seal(final int payloadOffset, final int payloadLength, final int seed) {
        final int payloadChecksum = payloadLength == 0 ? 0 : Checksum.of(address + payloadOffset, payloadLength);
        frame.payloadOffset(payloadOffset).payloadLength(payloadLength)
            .payloadChecksum(Integer.toUnsignedLong(payloadChecksum));
        frame.headerChecksum(Integer.toUnsignedLong(seed ^ Checksum.of(address, CHECKSUMMED_LENGTH)));
    }
}
