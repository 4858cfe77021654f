package io.twintrack.engine.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.session.SharedKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HandshakeMessagesTest {
    private static final String NAME = "i".repeat(Protocol.MAX_NAME_LENGTH);
    private static final Hello HELLO = new Hello(-1, 2, Long.MIN_VALUE, 65_534, 1 << 20, NAME, "t");
    private static final Challenge CHALLENGE = new Challenge(-5, 6, 61_440);

    @Test
    void everyFieldArrivesAsItWasSent() {
        assertEquals(HELLO, Hello.of(HELLO.bytes()));
        assertEquals(CHALLENGE, Challenge.of(CHALLENGE.bytes()));
        final byte[] mac = new byte[SharedKey.PROOF_LENGTH];
        new Random(1).nextBytes(mac);
        assertArrayEquals(mac, Proof.mac(Proof.bytes(mac)));
        final byte[] challenge = CHALLENGE.bytes();
        Challenge.putMac(challenge, mac);
        assertArrayEquals(mac, Challenge.mac(challenge));
    }

    @Test
    void theLongestNamesFitTheSmallestFrame() {
        assertTrue(new Hello(1, 2, 3, 4, 4096, NAME, NAME).bytes().length <= 512);
        assertTrue(PairReport.MAX_LENGTH <= 512);
    }

    @Test
    void whatIsCutShortOrDamagedIsNoneOrSomethingElseButNeverThrows() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (final byte[] sound : new byte[][] {HELLO.bytes(), CHALLENGE.bytes(), new byte[Proof.LENGTH]}) {
            for (int i = 0; i < 5_000; i++) {
                final byte[] bytes = Arrays.copyOf(sound, random.nextInt(sound.length + 20));
                for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                final Hello hello = Hello.of(bytes);
                assertFalse(hello != null && hello.slotLength() <= 0, "seed " + seed);
                Challenge.of(bytes);
                Proof.mac(bytes);
            }
        }
        assertNull(Challenge.of(new Challenge(1, 2, 511).bytes()), "a reply that carries nothing");
    }

    /** Labels, names, nonces and all else that was said make proofs that are good for nothing else. */
    @Test
    void eachProofIsGoodForOnePurposeAndOneConversation() {
        final SharedKey key = new SharedKey(new byte[32]);
        final byte[] transcript = Challenge.transcript(HELLO.bytes(), CHALLENGE.bytes());
        assertFalse(SharedKey.isSame(key.targetProof(transcript), key.initiatorProof(transcript)));
        assertTrue(SharedKey.isSame(key.targetProof(transcript), key.targetProof(transcript)));
        for (int at = 0; at < transcript.length; at++) {
            final byte[] other = transcript.clone();
            other[at] ^= 1;
            assertFalse(SharedKey.isSame(key.targetProof(other), key.targetProof(transcript)), "byte " + at);
            assertNotEquals(key.session(other), key.session(transcript), "byte " + at);
        }
    }

    /** RFC 4231, test case 1, with the key padded to a length that is allowed here: zeros at its end change no HMAC. */
    @Test
    void theMacIsHmacSha256() throws Exception {
        final byte[] secret = new byte[32];
        Arrays.fill(secret, 0, 20, (byte) 0x0b);
        final Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        assertEquals("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            HexFormat.of().formatHex(mac.doFinal("Hi There".getBytes(StandardCharsets.US_ASCII))));
        assertArrayEquals(mac.doFinal("twintrack target\0abc".getBytes(StandardCharsets.US_ASCII)),
            new SharedKey(secret).targetProof("abc".getBytes(StandardCharsets.US_ASCII)));
    }
}
