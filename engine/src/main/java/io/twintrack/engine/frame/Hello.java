package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.HelloDecoder;
import io.twintrack.engine.frame.sbe.HelloEncoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The payload of a HELLO: who calls, and whom. It happens once a session and may allocate.
 *
 * @param nonceHigh  not 0; it names the attempt until there is a session.
 * @param slotLength in bytes, a power of two: the longest write.
 */
public record Hello(
    long nonceHigh, long nonceLow, long bootId, int protocol, int slotLength, String initiatorIqn, String targetIqn) {
    private static final int MAX_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + HelloEncoder.BLOCK_LENGTH
        + 2 * (HelloEncoder.initiatorIqnHeaderLength() + Protocol.MAX_NAME_LENGTH);

    /** @return its bytes on the wire. */
    public byte[] bytes() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MAX_LENGTH]);
        final HelloEncoder out = new HelloEncoder();
        out.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .bootId(bootId).protocol(protocol)
            .initiatorNode(NodeId.of(initiatorIqn)).targetNode(NodeId.of(targetIqn))
            .slotLength((short) Integer.numberOfTrailingZeros(slotLength))
            .initiatorIqn(initiatorIqn).targetIqn(targetIqn);
        out.nonce().high(nonceHigh).low(nonceLow);
        final byte[] bytes = new byte[MessageHeaderEncoder.ENCODED_LENGTH + out.encodedLength()];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /** @return the HELLO, or {@code null} when the bytes are none. */
    public static Hello of(final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        final HelloDecoder in = new HelloDecoder();
        if (bytes.length < MessageHeaderDecoder.ENCODED_LENGTH + HelloDecoder.BLOCK_LENGTH) {
            return null;
        }
        header.wrap(buffer, 0);
        if (header.schemaId() != HelloDecoder.SCHEMA_ID || header.templateId() != HelloDecoder.TEMPLATE_ID
            || header.blockLength() != HelloDecoder.BLOCK_LENGTH) {
            return null;
        }
        try {
            in.wrapAndApplyHeader(buffer, 0, header);
            return in.slotLength() >= Integer.SIZE - 1 ? null : new Hello(in.nonce().high(), in.nonce().low(),
                in.bootId(), in.protocol(), 1 << in.slotLength(), in.initiatorIqn(), in.targetIqn());
        } catch (final IndexOutOfBoundsException e) {
            // A length in it points beyond its end: that is what the bounds checks of the buffer are for.
            return null;
        }
    }
}
