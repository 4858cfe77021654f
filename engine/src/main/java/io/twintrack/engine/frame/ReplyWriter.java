package io.twintrack.engine.frame;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.frame.sbe.ReplyEncoder;
import org.agrona.MutableDirectBuffer;

/** Writes one reply where it lies. One thread; reused for every reply. */
public final class ReplyWriter {
    /** Bytes of a reply: message header and block. A payload follows. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + ReplyEncoder.BLOCK_LENGTH;
    private static final int PAGE = 4096;
    static final int CHECKSUMMED_LENGTH = LENGTH - Integer.BYTES;

    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final ReplyEncoder reply = new ReplyEncoder();

    /** @return bytes of the longest payload: whole pages where one fits, else a power of two. */
    public static int longestPayload(final int maxReplyLength) {
        final int room = maxReplyLength - LENGTH;
        return room >= PAGE ? room & -PAGE : Integer.highestOneBit(room);
    }

    /** Everything but the checksums; {@link #seal} comes next. */
    public ReplyEncoder begin(
        final MutableDirectBuffer buffer, final int offset, final Outcome outcome, final Status status) {
        return reply.wrapAndApplyHeader(buffer, offset, messageHeader)
            .outcome(outcome.code())
            .status((short) status.code()).nature((short) status.nature().ordinal())
            .redundantVolume(0)
            .reserved0(0).reserved1(0).reserved8((short) 0).reserved16(0);
    }

    /**
     * @param payloadLength of what lies {@link #LENGTH} bytes behind the reply's begin, 0 for nothing.
     * @param seed          of the session, 0 for what belongs to none.
     */
    public void seal(final int payloadLength, final int seed) {
        final long address = reply.buffer().addressOffset() + reply.offset() - MessageHeaderEncoder.ENCODED_LENGTH;
        final int payloadChecksum = payloadLength == 0 ? 0 : Checksum.of(address + LENGTH, payloadLength);
        reply.payloadLength(payloadLength).payloadChecksum(Integer.toUnsignedLong(payloadChecksum));
        reply.checksum(Integer.toUnsignedLong(seed ^ Checksum.of(address, CHECKSUMMED_LENGTH)));
    }
}
