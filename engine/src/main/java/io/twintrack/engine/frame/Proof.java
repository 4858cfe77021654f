package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.frame.sbe.ProofDecoder;
import io.twintrack.engine.frame.sbe.ProofEncoder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** The payload of a PROOF: the origin's MAC. It happens once a session and may allocate. */
public final class Proof {
    /** Bytes that it takes. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + ProofEncoder.BLOCK_LENGTH;

    private Proof() {
    }

    public static byte[] bytes(final byte[] mac) {
        final byte[] bytes = new byte[LENGTH];
        new ProofEncoder().wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder());
        System.arraycopy(mac, 0, bytes, MessageHeaderEncoder.ENCODED_LENGTH, mac.length);
        return bytes;
    }

    /** @return the MAC, or {@code null} when the bytes are no proof. */
    public static byte[] mac(final byte[] bytes) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        if (bytes.length != LENGTH) {
            return null;
        }
        header.wrap(new UnsafeBuffer(bytes), 0);
        return header.schemaId() == ProofDecoder.SCHEMA_ID && header.templateId() == ProofDecoder.TEMPLATE_ID
            ? Arrays.copyOfRange(bytes, MessageHeaderDecoder.ENCODED_LENGTH, LENGTH) : null;
    }
}
