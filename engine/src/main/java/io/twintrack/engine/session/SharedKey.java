package io.twintrack.engine.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that two nodes share, and what can be shown with it: HMAC-SHA-256 (RFC 2104, FIPS 180-4) over what was
 * said, under a label for each purpose. The labels keep one side's proof from being sent back to it as the other's.
 * One thread; it is used when sessions are opened and may allocate.
 */
public final class SharedKey {
    /** Bytes that a key has at least. */
    public static final int MIN_LENGTH = 16;
    /** Bytes in a proof. */
    public static final int PROOF_LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] TARGET = label("twintrack target");
    private static final byte[] INITIATOR = label("twintrack initiator");
    private static final byte[] SESSION = label("twintrack session");

    private final Mac mac;

    /** @throws IllegalArgumentException when the key is shorter than {@link #MIN_LENGTH}. */
    public SharedKey(final byte[] secret) {
        if (secret == null || secret.length < MIN_LENGTH) {
            throw new IllegalArgumentException("a key of " + MIN_LENGTH + " bytes or more is needed for every peer");
        }
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (final NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static byte[] label(final String text) {
        return (text + '\0').getBytes(StandardCharsets.US_ASCII);
    }

    /** @param transcript what was said up to the proof, by both sides. */
    public byte[] targetProof(final byte[] transcript) {
        return compute(TARGET, transcript);
    }

    public byte[] initiatorProof(final byte[] transcript) {
        return compute(INITIATOR, transcript);
    }

    public SessionKey session(final byte[] transcript) {
        final ByteBuffer key = ByteBuffer.wrap(compute(SESSION, transcript));
        final long id = key.getLong();
        return new SessionKey(id == 0 ? 1 : id, key.getInt());
    }

    /** Takes as long for any two proofs. */
    public static boolean isSame(final byte[] proof, final byte[] expected) {
        return MessageDigest.isEqual(proof, expected);
    }

    private byte[] compute(final byte[] label, final byte[] transcript) {
        mac.update(label);
        return mac.doFinal(transcript);
    }
}
