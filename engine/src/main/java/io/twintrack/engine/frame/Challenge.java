package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.ChallengeDecoder;
import io.twintrack.engine.frame.sbe.ChallengeEncoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The payload of a CHALLENGE: the target's answer to a HELLO. It happens once a session and may allocate.
 *
 * @param longestReplyPayload in bytes, of the target's replies.
 */
public record Challenge(long nonceHigh, long nonceLow, int longestReplyPayload) {
    /** Bytes that a challenge takes. */
    public static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + ChallengeEncoder.BLOCK_LENGTH;
    private static final int MIN_REPLY_PAYLOAD = 512;
    private static final int MAC = MessageHeaderEncoder.ENCODED_LENGTH + ChallengeEncoder.macEncodingOffset();

    /** @return its bytes on the wire, with room for the MAC at their end. */
    public byte[] bytes() {
        final byte[] bytes = new byte[LENGTH];
        final ChallengeEncoder out = new ChallengeEncoder();
        out.wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
            .longestReplyPayload(longestReplyPayload);
        out.nonce().high(nonceHigh).low(nonceLow);
        return bytes;
    }

    public static void putMac(final byte[] challenge, final byte[] mac) {
        System.arraycopy(mac, 0, challenge, MAC, mac.length);
    }

    public static byte[] mac(final byte[] challenge) {
        return Arrays.copyOfRange(challenge, MAC, challenge.length);
    }

    /** @return what both sides have said before the first MAC: the HELLO, and the challenge up to its MAC. */
    public static byte[] transcript(final byte[] hello, final byte[] challenge) {
        final byte[] transcript = Arrays.copyOf(hello, hello.length + MAC);
        System.arraycopy(challenge, 0, transcript, hello.length, MAC);
        return transcript;
    }

    /** @return the challenge, or {@code null} when the bytes are none. */
    public static Challenge of(final byte[] bytes) {
        if (bytes.length != LENGTH) {
            return null;
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        header.wrap(buffer, 0);
        if (header.schemaId() != ChallengeDecoder.SCHEMA_ID || header.templateId() != ChallengeDecoder.TEMPLATE_ID
            || header.blockLength() != ChallengeDecoder.BLOCK_LENGTH) {
            return null;
        }
        final ChallengeDecoder in = new ChallengeDecoder();
        in.wrapAndApplyHeader(buffer, 0, header);
        return in.longestReplyPayload() < MIN_REPLY_PAYLOAD ? null : new Challenge(
            in.nonce().high(), in.nonce().low(), (int) in.longestReplyPayload());
    }
}
