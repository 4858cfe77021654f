package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.HelloEncoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import org.agrona.ExpandableArrayBuffer;

/** The payload of a HELLO: who calls, and whom. Written once at start; the same for every session. */
public final class HelloWriter {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final int length;

    public HelloWriter(
        final String initiatorIqn, final String targetIqn, final long bootId, final int slotLength) {
        final HelloEncoder hello = new HelloEncoder();
        hello.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .bootId(bootId)
            .protocol(Protocol.VERSION)
            .initiatorNode(NodeId.of(initiatorIqn))
            .targetNode(NodeId.of(targetIqn))
            .slotLength((short) Integer.numberOfTrailingZeros(slotLength));
        hello.initiatorIqn(initiatorIqn).targetIqn(targetIqn);
        length = MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength();
    }

    public ExpandableArrayBuffer buffer() {
        return buffer;
    }

    /** In bytes. */
    public int length() {
        return length;
    }
}
