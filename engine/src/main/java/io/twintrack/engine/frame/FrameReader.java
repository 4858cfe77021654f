package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.FrameDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.session.SessionKey;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads one inbound frame where it lies. Nothing is used before {@link #wrap} found it sound, and no payload before
 * {@link #payloadIntact}. One thread; reused for every frame.
 */
public final class FrameReader {
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final FrameDecoder frame = new FrameDecoder();
    private SessionKey session = SessionKey.NONE;
    private Operation operation;
    private long address;

    /** Frames of this session are sound from now on, and those that open one; no others. */
    public void session(final SessionKey key) {
        session = key;
    }

    /** @return what is wrong with its header, or {@link FrameFault#NONE}. */
    public FrameFault wrap(final DirectBuffer buffer, final int offset, final int length) {
        if (length < FrameWriter.HEADER_LENGTH) {
            return FrameFault.TOO_SHORT;
        }
        address = buffer.addressOffset() + offset;
        messageHeader.wrap(buffer, offset);
        if (!isKnownFormat()) {
            return FrameFault.UNKNOWN_FORMAT;
        }
        frame.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, FrameDecoder.BLOCK_LENGTH,
            FrameDecoder.SCHEMA_VERSION);
        final boolean ofSession = session != SessionKey.NONE && frame.session() == session.id();
        final int seed = (int) frame.headerChecksum() ^ Checksum.of(address, FrameWriter.CHECKSUMMED_LENGTH);
        operation = Operation.of(frame.operation());
        if (ofSession) {
            return seed == session.seed() ? fault(length, false) : FrameFault.HEADER_CHECKSUM;
        }
        return seed == 0 && operation != null && operation.isHandshake()
            ? fault(length, true) : FrameFault.UNKNOWN_SESSION;
    }

    private FrameFault fault(final int length, final boolean handshake) {
        if (operation == null || operation.isHandshake() != handshake) {
            return FrameFault.UNKNOWN_OPERATION;
        }
        return lengthsFit(length) ? FrameFault.NONE : FrameFault.LENGTHS;
    }

    private boolean isKnownFormat() {
        return messageHeader.schemaId() == FrameDecoder.SCHEMA_ID
            && messageHeader.templateId() == FrameDecoder.TEMPLATE_ID
            && messageHeader.version() == FrameDecoder.SCHEMA_VERSION
            && messageHeader.blockLength() == FrameDecoder.BLOCK_LENGTH;
    }

    private boolean lengthsFit(final int length) {
        final long payloadLength = frame.payloadLength();
        final boolean inFrame = frame.payloadOffset() >= FrameWriter.HEADER_LENGTH
            && frame.payloadOffset() + payloadLength <= length;
        return switch (operation) {
            case WRITE -> inFrame && payloadLength > 0
                && frame.fragmentOffset() + payloadLength <= frame.requestLength();
            default -> operation.hasPayload() ? inFrame && payloadLength > 0 : payloadLength == 0;
        };
    }

    /** The payload is what the sender checksummed. */
    public boolean payloadIntact() {
        return (int) frame.payloadChecksum() == Checksum.of(payloadAddress(), payloadLength());
    }

    public FrameDecoder fields() {
        return frame;
    }

    public Operation operation() {
        return operation;
    }

    /** A copy of the payload, for frames that are rare. */
    public byte[] payload() {
        final byte[] bytes = new byte[payloadLength()];
        new UnsafeBuffer(payloadAddress(), bytes.length).getBytes(0, bytes);
        return bytes;
    }

    public long payloadAddress() {
        return address + frame.payloadOffset();
    }

    public int payloadLength() {
        return (int) frame.payloadLength();
    }

    public boolean has(final short flag) {
        return FrameFlag.isSet(frame.flags(), flag);
    }
}
