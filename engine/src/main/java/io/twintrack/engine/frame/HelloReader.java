package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.HelloDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads the payload of a HELLO. It happens once a session and may allocate. */
public final class HelloReader {
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final HelloDecoder hello = new HelloDecoder();
    private String initiatorIqn;
    private String targetIqn;

    /** @return whether it is a HELLO at all; nothing else may be asked otherwise. */
    public boolean read(final long address, final int length) {
        final UnsafeBuffer payload = new UnsafeBuffer(address, length);
        try {
            messageHeader.wrap(payload, 0);
            if (messageHeader.schemaId() != HelloDecoder.SCHEMA_ID
                || messageHeader.templateId() != HelloDecoder.TEMPLATE_ID) {
                return false;
            }
            hello.wrapAndApplyHeader(payload, 0, messageHeader);
            initiatorIqn = hello.initiatorIqn();
            targetIqn = hello.targetIqn();
            return true;
        } catch (final IndexOutOfBoundsException e) {
            // A length in it points beyond its end: that is what the bounds checks of the buffer are for.
            return false;
        }
    }

    public int protocol() {
        return hello.protocol();
    }

    /** In bytes. */
    public int slotLength() {
        return 1 << (hello.slotLength() & 31);
    }

    public String initiatorIqn() {
        return initiatorIqn;
    }

    public String targetIqn() {
        return targetIqn;
    }
}
