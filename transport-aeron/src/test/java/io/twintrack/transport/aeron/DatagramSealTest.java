package io.twintrack.transport.aeron;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

import static io.twintrack.transport.aeron.DatagramSeal.Verdict.BAD_CHECKSUM;
import static io.twintrack.transport.aeron.DatagramSeal.Verdict.GOOD;
import static io.twintrack.transport.aeron.DatagramSeal.Verdict.MALFORMED;
import static io.twintrack.transport.aeron.DatagramSeal.Verdict.OUT_OF_TERM;
import static io.twintrack.transport.aeron.DatagramSeal.Verdict.TOO_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class DatagramSealTest {
    private static final int TERM = 1 << 20;
    private static final int DATA = 1;
    private static final int PAD = 0;
    private static final int STATUS = 3;
    private static final int SETUP = 5;

    private final DatagramSeal seal = new DatagramSeal();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer trailer = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
    private int length;

    private void frame(final int type, final int frameLength, final int sentLength, final int termOffset) {
        datagram.putInt(length, frameLength).putShort(length + 4, (short) 0).putShort(length + 6, (short) type)
            .putInt(length + 8, termOffset).putInt(length + 12, 42).putInt(length + 16, 1).putInt(length + 20, 9);
        length += sentLength;
    }

    private void sealIt() {
        datagram.limit(length).position(0);
        seal.seal(datagram, 4711, trailer.clear());
        assertEquals(0, datagram.position());
        assertEquals(length, datagram.limit());
        datagram.clear().put(length, trailer, 0, 8);
    }

    private DatagramSeal.Verdict verdict() {
        return new DatagramSeal().check(datagram, length + 8, TERM);
    }

    private void threeFrames() {
        frame(DATA, 100, 128, 512);
        frame(DATA, 32, 32, 640);
        frame(PAD, 100_000, 32, 672);
        sealIt();
    }

    @Test
    void whatIsSealedIsGoodAndNamesItsSender() {
        threeFrames();
        assertEquals(GOOD, seal.check(datagram, length + 8, TERM));
        assertEquals(4711, seal.incarnation());
    }

    /** Every single bit of headers and seal counts; payload bits do not. */
    @Test
    void everyBitOfAHeaderIsCovered() {
        threeFrames();
        for (int bit = 0; bit < (length + 8) * 8; bit++) {
            final boolean payload = bit >= 32 * 8 && bit < 128 * 8;
            flip(bit);
            if (payload) {
                assertEquals(GOOD, verdict());
            } else {
                assertNotEquals(GOOD, verdict(), "bit " + bit);
            }
            flip(bit);
        }
    }

    @Test
    void everyBitOfAControlMessageIsCovered() {
        frame(STATUS, 40, 40, 0);
        sealIt();
        for (int bit = 0; bit < (length + 8) * 8; bit++) {
            flip(bit);
            assertNotEquals(GOOD, verdict(), "bit " + bit);
            flip(bit);
        }
        assertEquals(GOOD, verdict());
    }

    private void flip(final int bit) {
        datagram.put(bit / 8, (byte) (datagram.get(bit / 8) ^ 1 << bit % 8));
    }

    @Test
    void heartbeatsArePlainHeaders() {
        frame(DATA, 0, 32, 0);
        sealIt();
        assertEquals(GOOD, verdict());
    }

    @Test
    void anyOtherLengthIsNotGood() {
        threeFrames();
        for (int other = 0; other < 4000; other++) {
            if (other != length + 8) {
                assertNotEquals(GOOD, new DatagramSeal().check(datagram, other, TERM), "length " + other);
            }
        }
        assertEquals(TOO_SHORT, seal.check(datagram, 15, TERM));
    }

    @Test
    void framesHaveToFollowEachOther() {
        frame(DATA, 100, 128, 512);
        frame(DATA, 32, 32, 672);
        assertThrows(IllegalStateException.class, this::sealIt);
        datagram.clear();
        assertEquals(MALFORMED, verdict());
    }

    /** Padding is the one frame whose length says nothing of the datagram's. */
    @Test
    void paddingHasALengthThatATermHas() {
        for (final int padding : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            length = 0;
            datagram.clear();
            frame(DATA, 64, 64, 0);
            frame(PAD, padding, 32, 64);
            assertThrows(IllegalStateException.class, this::sealIt, "padding of " + padding + " bytes");
            datagram.clear();
            assertEquals(MALFORMED, verdict(), "padding of " + padding + " bytes");
        }
    }

    @Test
    void whatLiesBeyondTheTermIsNotTaken() {
        frame(DATA, 64, 64, TERM - 32);
        sealIt();
        assertEquals(OUT_OF_TERM, verdict());
    }

    private DatagramSeal.Verdict setup(final int terms, final int termOffset, final int termLength) {
        length = 0;
        datagram.clear();
        frame(SETUP, 40, 40, termOffset);
        datagram.putInt(24, 9 + terms).putInt(28, termLength);
        sealIt();
        return verdict();
    }

    @Test
    void aStreamWithLongerTermsIsNotTaken() {
        assertEquals(OUT_OF_TERM, setup(0, 0, TERM * 2));
        assertEquals(GOOD, setup(0, 0, TERM));
    }

    /** Where a stream begins is where it is read: an offset between two frames led out of the buffer. */
    @Test
    void aStreamBeginsAtAFrameOfATerm() {
        assertEquals(GOOD, setup(2, TERM - 32, TERM));
        assertEquals(GOOD, setup(Integer.MAX_VALUE, 64, 1 << 16));
        for (final int offset : new int[] {1, 31, TERM - 1, TERM, -32, Integer.MIN_VALUE}) {
            assertEquals(MALFORMED, setup(2, offset, TERM), "offset " + offset);
        }
        assertEquals(MALFORMED, setup(-1, 0, TERM), "begins before its first term");
        for (final int termLength : new int[] {0, 1 << 15, TERM - 32, -TERM, Integer.MIN_VALUE}) {
            assertEquals(MALFORMED, setup(0, 0, termLength), "terms of " + termLength + " bytes");
        }
    }

    @Test
    void randomBytesAreNotGood() {
        final long randomSeed = System.nanoTime();
        final Random random = new Random(randomSeed);
        final byte[] bytes = new byte[4096];
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(bytes);
            datagram.put(0, bytes);
            assertNotEquals(GOOD, seal.check(datagram, random.nextInt(4096), TERM), "seed " + randomSeed);
        }
        length = 64;
        datagram.putShort(6, (short) STATUS);
        assertEquals(BAD_CHECKSUM, verdict());
    }
}
