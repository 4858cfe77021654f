package io.twintrack.engine.frame;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.ReplyDecoder;
import io.twintrack.engine.session.SessionKey;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads one inbound reply where it lies. One thread; reused for every reply. */
public final class ReplyReader {
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final ReplyDecoder reply = new ReplyDecoder();
    private SessionKey session = SessionKey.NONE;
    private boolean ofSession;
    private Outcome outcome;
    private long address;

    /** Replies of this session can be told from others from now on. */
    public void session(final SessionKey key) {
        session = key;
    }

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
        final int seed = (int) reply.checksum() ^ Checksum.of(address, ReplyWriter.CHECKSUMMED_LENGTH);
        ofSession = session != SessionKey.NONE && reply.session() == session.id() && seed == session.seed();
        if (!ofSession && seed != 0) {
            return reply.session() == session.id() ? FrameFault.HEADER_CHECKSUM : FrameFault.UNKNOWN_SESSION;
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

    /** A copy of the payload, for replies that are rare. */
    public byte[] payload() {
        final byte[] bytes = new byte[payloadLength()];
        new UnsafeBuffer(payloadAddress(), bytes.length).getBytes(0, bytes);
        return bytes;
    }

    public long payloadAddress() {
        return address + ReplyWriter.LENGTH;
    }

    public int payloadLength() {
        return (int) reply.payloadLength();
    }

    /** It belongs to the session. Others are said in the clear: anybody may have said them. */
    public boolean isOfSession() {
        return ofSession;
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
