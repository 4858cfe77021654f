package io.twintrack.engine.frame;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.frame.sbe.ReplyEncoder;
import org.agrona.MutableDirectBuffer;

/** Writes one reply where it lies. One thread; reused for every reply. */
public final class ReplyWriter {
    /** Bytes of a reply: message header and block. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + ReplyEncoder.BLOCK_LENGTH;
    static final int CHECKSUMMED_LENGTH = LENGTH - Integer.BYTES;

    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final ReplyEncoder reply = new ReplyEncoder();

    /** Everything but the checksum; {@link #seal} comes next. */
    public ReplyEncoder begin(
        final MutableDirectBuffer buffer, final int offset, final Outcome outcome, final Status status) {
        return reply.wrapAndApplyHeader(buffer, offset, messageHeader)
            .outcome(outcome.code())
            .status((short) status.code()).nature((short) status.nature().ordinal())
            .detail(0).redundantVolume(0)
            .reserved8((short) 0).reserved16(0).reserved32(0).hostBootId(0).reserved32b(0);
    }

    public void seal() {
        final long address = reply.buffer().addressOffset() + reply.offset() - MessageHeaderEncoder.ENCODED_LENGTH;
        reply.checksum(Integer.toUnsignedLong(Checksum.of(address, CHECKSUMMED_LENGTH)));
    }
}
