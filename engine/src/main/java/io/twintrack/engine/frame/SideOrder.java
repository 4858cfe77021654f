package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.frame.sbe.SideOrderDecoder;
import io.twintrack.engine.frame.sbe.SideOrderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the primary tells the other side to record durably. It happens at a pair's transitions and may allocate.
 *
 * @param order    its code, 0 to 255; the pair package names them.
 * @param argument by order.
 */
public record SideOrder(int order, long generationHigh, long generationLow, long argument) {
    /** Bytes that an order takes. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + SideOrderEncoder.BLOCK_LENGTH;

    /** @return bytes written: {@link #LENGTH}. */
    public int write(final MutableDirectBuffer buffer, final int offset) {
        final SideOrderEncoder out = new SideOrderEncoder();
        out.wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .argument(argument).order((short) order).reserved8((short) 0).reserved16(0).reserved32(0);
        out.generation().high(generationHigh).low(generationLow);
        return LENGTH;
    }

    /** @return the order, or {@code null} when it is none. */
    public static SideOrder read(final DirectBuffer buffer, final int offset, final int length) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        if (length != LENGTH) {
            return null;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != SideOrderDecoder.SCHEMA_ID || header.templateId() != SideOrderDecoder.TEMPLATE_ID
            || header.blockLength() != SideOrderDecoder.BLOCK_LENGTH) {
            return null;
        }
        final SideOrderDecoder in = new SideOrderDecoder();
        in.wrapAndApplyHeader(buffer, offset, header);
        return new SideOrder(in.order(), in.generation().high(), in.generation().low(), in.argument());
    }
}
