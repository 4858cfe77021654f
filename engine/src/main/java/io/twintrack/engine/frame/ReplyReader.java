package io.twintrack.engine.frame;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.ReplyDecoder;
import org.agrona.DirectBuffer;

/** Reads one inbound reply where it lies. One thread; reused for every reply. */
public final class ReplyReader {
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final ReplyDecoder reply = new ReplyDecoder();
    private Outcome outcome;
    private long address;

    /** @return what is wrong with it, or {@link FrameFault#NONE}. */
    public FrameFault wrap(final DirectBuffer buffer, final int offset, final int length) {
        if (length < ReplyWriter.LENGTH) {
            return FrameFault.TOO_SHORT;
        }
        messageHeader.wrap(buffer, offset);
        if (messageHeader.schemaId() != ReplyDecoder.SCHEMA_ID || messageHeader.templateId() != ReplyDecoder.TEMPLATE_ID
            || messageHeader.version() != ReplyDecoder.SCHEMA_VERSION
            || messageHeader.blockLength() != ReplyDecoder.BLOCK_LENGTH) {
            return FrameFault.UNKNOWN_FORMAT;
        }
        reply.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, ReplyDecoder.BLOCK_LENGTH,
            ReplyDecoder.SCHEMA_VERSION);
        address = buffer.addressOffset() + offset;
        if ((int) reply.checksum() != Checksum.of(address, ReplyWriter.CHECKSUMMED_LENGTH)) {
            return FrameFault.HEADER_CHECKSUM;
        }
        outcome = Outcome.of(reply.outcome());
        // An error that is none would end a request as done.
        final boolean known = outcome != null && (outcome != Outcome.ERROR || status() != Status.OK);
        if (!known) {
            return FrameFault.UNKNOWN_OPERATION;
        }
        return reply.payloadLength() <= length - ReplyWriter.LENGTH ? FrameFault.NONE : FrameFault.LENGTHS;
    }

    /** The payload is what the sender checksummed. */
    public boolean payloadIntact() {
        return payloadLength() == 0
            || (int) reply.payloadChecksum() == Checksum.of(payloadAddress(), payloadLength());
    }

    public long payloadAddress() {
        return address + ReplyWriter.LENGTH;
    }

    public int payloadLength() {
        return (int) reply.payloadLength();
    }

    public ReplyDecoder fields() {
        return reply;
    }

    public Outcome outcome() {
        return outcome;
    }

    public Status status() {
        return Status.of(reply.status());
    }
}
