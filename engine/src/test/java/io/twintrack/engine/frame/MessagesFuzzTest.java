package io.twintrack.engine.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.session.SessionKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** Bytes that a peer may send: what is none is refused without an exception, and what is one says what it said. */
class MessagesFuzzTest {
    private static final SessionKey SESSION = new SessionKey(0x1122334455667788L, 0x99AABBCC);
    private static final int ROOM = 8192;

    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));

    private int put(final byte[] data, final int from, final int at) {
        final int length = Math.min(data.length - from, ROOM - at);
        buffer.putBytes(at, data, from, length);
        return at + length;
    }

    /** The first byte says how to seal it: not at all, as a frame of the session, or as one that opens a session. */
    @FuzzTest(maxDuration = "2m")
    void frames(final byte[] data) {
        final int length = data.length == 0 ? 0 : data[0] == 0 ? put(data, 1, 0) : sealedFrame(data);
        final FrameReader reader = new FrameReader();
        reader.session(SESSION);
        if (reader.wrap(buffer, 0, length) != FrameFault.NONE) {
            return;
        }
        assertEquals(reader.fields().session() != SESSION.id(), reader.operation().isHandshake());
        assertEquals(reader.payloadLength() > 0, reader.operation().hasPayload());
        if (reader.payloadLength() > 0) {
            final long at = reader.payloadAddress() - buffer.addressOffset();
            assertTrue(at >= FrameWriter.HEADER_LENGTH && at + reader.payloadLength() <= length,
                "a payload at " + at + " of " + reader.payloadLength() + " bytes in a frame of " + length);
            reader.payloadIntact();
            assertEquals(reader.payloadLength(), reader.payload().length);
        }
        if (reader.operation() == Operation.WRITE) {
            assertTrue(reader.fields().fragmentOffset() + reader.payloadLength() <= reader.fields().requestLength());
        }
    }

    /** The format is right and so are session and checksum, and everything else is as drawn. */
    private int sealedFrame(final byte[] data) {
        new FrameWriter().begin(buffer, 0, Operation.WRITE);
        final int length = put(data, 1, MessageHeaderDecoder.ENCODED_LENGTH);
        return seal(data[0], length, FrameWriter.HEADER_LENGTH, FrameWriter.CHECKSUMMED_LENGTH);
    }

    private int seal(final byte how, final int length, final int header, final int covered) {
        if (length >= header) {
            if (how == 1) {
                buffer.putLong(MessageHeaderDecoder.ENCODED_LENGTH, SESSION.id(), ByteOrder.LITTLE_ENDIAN);
            }
            final int checksum = Checksum.of(buffer.addressOffset(), covered);
            buffer.putInt(covered, (how == 1 ? SESSION.seed() : 0) ^ checksum, ByteOrder.LITTLE_ENDIAN);
        }
        return length;
    }

    /** As {@link #frames}. */
    @FuzzTest(maxDuration = "2m")
    void replies(final byte[] data) {
        final int length = data.length == 0 ? 0 : data[0] == 0 ? put(data, 1, 0) : sealedReply(data);
        final ReplyReader reader = new ReplyReader();
        reader.session(SESSION);
        if (reader.wrap(buffer, 0, length) != FrameFault.NONE) {
            return;
        }
        assertTrue(reader.outcome() != Outcome.ERROR || reader.status() != Status.OK);
        assertTrue(reader.payloadLength() >= 0 && ReplyWriter.LENGTH + reader.payloadLength() <= length,
            "a payload of " + reader.payloadLength() + " bytes in a reply of " + length);
        reader.payloadIntact();
        assertEquals(reader.payloadLength(), reader.payload().length);
    }

    private int sealedReply(final byte[] data) {
        new ReplyWriter().begin(buffer, 0, Outcome.DONE, Status.OK);
        final int length = put(data, 1, MessageHeaderDecoder.ENCODED_LENGTH);
        return seal(data[0], length, ReplyWriter.LENGTH, ReplyWriter.CHECKSUMMED_LENGTH);
    }

    @FuzzTest(maxDuration = "2m")
    void handshake(final byte[] data) {
        final Hello hello = Hello.of(data);
        if (hello != null && isName(hello.initiatorIqn()) && isName(hello.targetIqn())) {
            assertEquals(hello, Hello.of(hello.bytes()));
        }
        final Challenge challenge = Challenge.of(data);
        if (challenge != null) {
            assertEquals(challenge, Challenge.of(challenge.bytes()));
        }
        final byte[] mac = Proof.mac(data);
        if (mac != null) {
            assertArrayEquals(mac, Proof.mac(Proof.bytes(mac)));
        } else {
            assertTrue(data.length != Proof.LENGTH || !Arrays.equals(data, 0, 8, Proof.bytes(new byte[0]), 0, 8));
        }
    }

    private static boolean isName(final String name) {
        return name.length() <= Protocol.MAX_NAME_LENGTH && StandardCharsets.US_ASCII.newEncoder().canEncode(name);
    }

    @FuzzTest(maxDuration = "2m")
    void reports(final byte[] data) {
        final int length = put(data, 0, 0);
        final PairReport report = new PairReport();
        if (report.read(buffer, 0, length)) {
            final UnsafeBuffer again = new UnsafeBuffer(new byte[PairReport.MAX_LENGTH]);
            final int written = report.write(again, 0);
            final PairReport copy = new PairReport();
            assertTrue(copy.read(again, 0, written));
            assertEquals(report.pairName, copy.pairName);
            assertEquals(report.remoteVolume, copy.remoteVolume);
            assertEquals(report.currentLow, copy.currentLow);
            assertEquals(report.markedTracks, copy.markedTracks);
        }
        final SideOrder order = SideOrder.read(buffer, 0, length);
        if (length != SideOrder.LENGTH) {
            assertNull(order);
        } else if (order != null) {
            final UnsafeBuffer again = new UnsafeBuffer(new byte[SideOrder.LENGTH]);
            assertEquals(order, SideOrder.read(again, 0, order.write(again, 0)));
        }
    }
}
