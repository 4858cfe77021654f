package io.twintrack.transport.aeron;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import io.twintrack.transport.aeron.DatagramSeal.Verdict;
import org.agrona.BitUtil;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Any datagram is judged without an exception, and what is good leads Aeron nowhere outside of a term. */
class DatagramSealFuzzTest {
    private static final int TERM = 1 << 16;
    private static final int ROOM = 4096;
    private static final int HEADER = DataHeaderFlyweight.HEADER_LENGTH;

    private final DatagramSeal seal = new DatagramSeal();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer trailer = ByteBuffer.allocateDirect(DatagramSeal.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * The bytes as they are, which may end in a good seal, for the fuzzer sees what they are compared with; under a
     * seal, if they can have one; and with one byte of that changed.
     */
    @FuzzTest(maxDuration = "2m")
    void anyBytes(final FuzzedDataProvider data) {
        final int place = data.consumeInt(0, ROOM);
        final int change = data.consumeInt(1, 255);
        final byte[] bytes = data.consumeBytes(ROOM - DatagramSeal.LENGTH);
        datagram.clear().put(bytes);
        if (check(bytes.length) == Verdict.GOOD) {
            assertStaysWithinATerm(bytes.length - DatagramSeal.LENGTH);
        }
        if (!sealed(bytes.length)) {
            assertNotEquals(Verdict.GOOD, check(bytes.length + DatagramSeal.LENGTH));
            return;
        }
        final int length = bytes.length + DatagramSeal.LENGTH;
        if (check(length) == Verdict.GOOD) {
            assertStaysWithinATerm(bytes.length);
        }
        final int changed = place % length;
        if (changed >= bytes.length || !isPayload(bytes.length, changed)) {
            datagram.put(changed, (byte) (datagram.get(changed) ^ change));
            assertNotEquals(Verdict.GOOD, check(length));
        }
    }

    private Verdict check(final int length) {
        return seal.check(datagram.clear(), length, TERM);
    }

    private boolean sealed(final int length) {
        if (length < 8) {
            return false;
        }
        try {
            seal.seal(datagram.clear().limit(length), 4711, trailer.clear());
        } catch (final IllegalStateException malformed) {
            return false;
        }
        datagram.clear().position(length).put(trailer);
        return true;
    }

    private void assertStaysWithinATerm(final int length) {
        final int type = type(0);
        if (type == DataHeaderFlyweight.HDR_TYPE_SETUP) {
            final SetupFlyweight setup = new SetupFlyweight(datagram);
            assertTrue(BitUtil.isPowerOfTwo(setup.termLength()) && setup.termLength() <= TERM);
            assertTrue(setup.activeTermId() - setup.initialTermId() >= 0);
            assertTrue(setup.termOffset() >= 0 && setup.termOffset() < setup.termLength());
            assertEquals(0, setup.termOffset() % HEADER);
        } else if (isStream(type)) {
            final int offset = datagram.getInt(8);
            assertTrue(offset >= 0 && offset + length <= TERM);
            assertEquals(0, offset % HEADER);
            assertTrue(datagram.getInt(0) >= 0);
        }
    }

    private int type(final int frame) {
        return datagram.getShort(frame + 6) & 0xFFFF;
    }

    private static boolean isStream(final int type) {
        return type == DataHeaderFlyweight.HDR_TYPE_DATA || type == DataHeaderFlyweight.HDR_TYPE_PAD;
    }

    /** Of a sealed datagram. */
    private boolean isPayload(final int length, final int place) {
        if (!isStream(type(0))) {
            return false;
        }
        int frame = 0;
        for (int next = next(frame); next <= place; next = next(frame)) {
            frame = next;
        }
        assertFalse(next(frame) > length, "a frame ends behind its datagram");
        return place - frame >= HEADER;
    }

    private int next(final int frame) {
        final boolean headerOnly = type(frame) == DataHeaderFlyweight.HDR_TYPE_PAD || datagram.getInt(frame) == 0;
        return frame + (headerOnly ? HEADER : BitUtil.align(datagram.getInt(frame), HEADER));
    }
}
