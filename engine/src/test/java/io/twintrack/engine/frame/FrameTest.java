package io.twintrack.engine.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.sbe.FrameDecoder;
import io.twintrack.engine.session.SessionKey;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    private static final int PAYLOAD_LENGTH = 1024;
    private static final SessionKey SESSION = new SessionKey(0x1122334455667788L, 0x99AABBCC);

    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(8192));
    private final FrameWriter writer = new FrameWriter();
    private final FrameReader reader = new FrameReader();

    @BeforeEach
    void openSession() {
        reader.session(SESSION);
    }

    private int write(final int payloadOffset) {
        buffer.setMemory(0, buffer.capacity(), (byte) 0x77);
        writer.begin(buffer, 0, Operation.WRITE)
            .session(SESSION.id()).messageId(5).floor(3).requestId(9)
            .requestOffset(1L << 40).requestLength(1 << 20).fragmentOffset(61_440)
            .volumeSize(1L << 42).hashLow(11).hashHigh(12)
            .targetNode(21).initiatorNode(22).primaryVolume(23).redundantVolume(24)
            .flags(FrameFlag.DURABLE);
        final byte[] payload = new byte[PAYLOAD_LENGTH];
        new Random(1).nextBytes(payload);
        buffer.putBytes(payloadOffset, payload);
        writer.seal(payloadOffset, PAYLOAD_LENGTH, SESSION.seed());
        return payloadOffset + PAYLOAD_LENGTH;
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 480})
    void everyFieldArrivesAsItWasSent(final int payloadOffset) {
        final int length = write(payloadOffset);
        assertEquals(FrameFault.NONE, reader.wrap(buffer, 0, length));
        final FrameDecoder fields = reader.fields();
        assertEquals(0x1122334455667788L, fields.session());
        assertEquals(5, fields.messageId());
        assertEquals(3, fields.floor());
        assertEquals(9, fields.requestId());
        assertEquals(1L << 40, fields.requestOffset());
        assertEquals(1 << 20, fields.requestLength());
        assertEquals(61_440, fields.fragmentOffset());
        assertEquals(1L << 42, fields.volumeSize());
        assertEquals(11, fields.hashLow());
        assertEquals(12, fields.hashHigh());
        assertEquals(21, fields.targetNode());
        assertEquals(22, fields.initiatorNode());
        assertEquals(23, fields.primaryVolume());
        assertEquals(24, fields.redundantVolume());
        assertEquals(Operation.WRITE, reader.operation());
        assertTrue(reader.has(FrameFlag.DURABLE));
        assertFalse(reader.has(FrameFlag.DEALLOCATE));
        assertEquals(PAYLOAD_LENGTH, reader.payloadLength());
        assertEquals(buffer.addressOffset() + payloadOffset, reader.payloadAddress());
        assertTrue(reader.payloadIntact());
    }

    @Test
    void everyFlippedBitOfTheHeaderIsFoundBeforeAFieldIsUsed() {
        final int length = write(480);
        for (int bit = 0; bit < FrameWriter.HEADER_LENGTH * 8; bit++) {
            flip(bit);
            assertNotEquals(FrameFault.NONE, reader.wrap(buffer, 0, length), "bit " + bit);
            flip(bit);
        }
        assertEquals(FrameFault.NONE, reader.wrap(buffer, 0, length));
    }

    @Test
    void everyFlippedBitOfThePayloadIsFound() {
        final int length = write(480);
        for (int bit = 480 * 8; bit < length * 8; bit++) {
            flip(bit);
            assertEquals(FrameFault.NONE, reader.wrap(buffer, 0, length));
            assertFalse(reader.payloadIntact(), "bit " + bit);
            flip(bit);
        }
        assertTrue(reader.payloadIntact());
    }

    @Test
    void aFrameThatIsCutShortIsNone() {
        final int length = write(480);
        for (int cut = 0; cut < length; cut++) {
            assertNotEquals(FrameFault.NONE, reader.wrap(buffer, 0, cut), "cut to " + cut);
        }
    }

    @Test
    void aFragmentThatPointsBeyondItsRequestIsRefusedEvenWithSoundChecksums() {
        writer.begin(buffer, 0, Operation.WRITE).session(SESSION.id()).requestLength(1024).fragmentOffset(512);
        writer.seal(480, 1024, SESSION.seed());
        assertEquals(FrameFault.LENGTHS, reader.wrap(buffer, 0, 480 + 1024));
        writer.begin(buffer, 0, Operation.FLUSH).session(SESSION.id());
        writer.seal(480, 512, SESSION.seed());
        assertEquals(FrameFault.LENGTHS, reader.wrap(buffer, 0, 480 + 512));
        writer.begin(buffer, 0, Operation.WRITE).session(SESSION.id())
            .requestLength(0xFFFF_FFFFL).fragmentOffset(0xFFFF_FF00L);
        writer.seal(480, 512, SESSION.seed());
        assertEquals(FrameFault.LENGTHS, reader.wrap(buffer, 0, 480 + 512));
    }

    @ParameterizedTest
    @EnumSource(value = Status.class, names = "OK", mode = EnumSource.Mode.EXCLUDE)
    void aReplySaysTypeAndNature(final Status status) {
        final ReplyWriter replies = new ReplyWriter();
        replies.begin(buffer, 64, Outcome.ERROR, status).session(7).messageId(8).targetNode(1).initiatorNode(2);
        replies.seal(0, 0);
        final ReplyReader reply = new ReplyReader();
        assertEquals(FrameFault.NONE, reply.wrap(buffer, 64, ReplyWriter.LENGTH));
        assertEquals(Outcome.ERROR, reply.outcome());
        assertEquals(status, reply.status());
        assertEquals(status.nature().ordinal(), reply.fields().nature());
        assertEquals(7, reply.fields().session());
        assertEquals(8, reply.fields().messageId());
    }

    @Test
    void anErrorThatIsNoneIsNoReply() {
        final ReplyWriter replies = new ReplyWriter();
        replies.begin(buffer, 64, Outcome.ERROR, Status.OK).session(7).messageId(8).targetNode(1).initiatorNode(2);
        replies.seal(0, 0);
        assertEquals(FrameFault.UNKNOWN_OPERATION, new ReplyReader().wrap(buffer, 64, ReplyWriter.LENGTH));
    }

    @Test
    void everyFlippedBitOfAReplyIsFound() {
        final ReplyWriter replies = new ReplyWriter();
        replies.begin(buffer, 0, Outcome.DONE, Status.OK).session(7).messageId(8).targetNode(1).initiatorNode(2);
        replies.seal(0, 0);
        final ReplyReader reply = new ReplyReader();
        for (int bit = 0; bit < ReplyWriter.LENGTH * 8; bit++) {
            flip(bit);
            assertNotEquals(FrameFault.NONE, reply.wrap(buffer, 0, ReplyWriter.LENGTH), "bit " + bit);
            flip(bit);
        }
        assertNotEquals(FrameFault.NONE, reply.wrap(buffer, 0, ReplyWriter.LENGTH - 1));
    }

    @Test
    void codesOfTheWireAreFixed() {
        final int[] operations = new int[Operation.values().length];
        for (final Operation operation : Operation.values()) {
            operations[operation.ordinal()] = operation.code();
            assertEquals(operation, Operation.of(operation.code()));
        }
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, operations);
        for (final Outcome outcome : Outcome.values()) {
            assertEquals(outcome, Outcome.of(outcome.code()));
        }
        for (final Status status : Status.values()) {
            assertEquals(status.ordinal(), status.code());
            assertEquals(status, Status.of(status.code()));
        }
        assertEquals(Status.INVALID, Status.of(255));
    }

    @Test
    void aFrameOfAnotherSessionOrSeedIsNone() {
        final int length = write(480);
        reader.session(new SessionKey(SESSION.id(), SESSION.seed() + 1));
        assertEquals(FrameFault.HEADER_CHECKSUM, reader.wrap(buffer, 0, length));
        reader.session(new SessionKey(SESSION.id() + 1, SESSION.seed()));
        assertEquals(FrameFault.UNKNOWN_SESSION, reader.wrap(buffer, 0, length));
        reader.session(SessionKey.NONE);
        assertEquals(FrameFault.UNKNOWN_SESSION, reader.wrap(buffer, 0, length));
        writer.begin(buffer, 0, Operation.FLUSH).session(0);
        writer.seal(480, 0, 0);
        assertEquals(FrameFault.UNKNOWN_SESSION, reader.wrap(buffer, 0, 480), "of no session at all");
        writer.begin(buffer, 0, Operation.FLUSH).session(SESSION.id());
        writer.seal(480, 0, 0);
        reader.session(SESSION);
        assertEquals(FrameFault.HEADER_CHECKSUM, reader.wrap(buffer, 0, 480), "sealed without the session's seed");
    }

    @Test
    void onlyWhatOpensASessionBelongsToNone() {
        for (final Operation operation : Operation.values()) {
            writer.begin(buffer, 0, operation).session(77).requestLength(512);
            writer.seal(480, operation.hasPayload() ? 512 : 0, 0);
            assertEquals(operation.isHandshake() ? FrameFault.NONE : FrameFault.UNKNOWN_SESSION,
                reader.wrap(buffer, 0, 480 + 512), operation.name());
        }
    }

    @Test
    void aReplyOfTheSessionIsToldFromOneInTheClear() {
        final ReplyWriter replies = new ReplyWriter();
        final ReplyReader reply = new ReplyReader();
        reply.session(SESSION);
        replies.begin(buffer, 0, Outcome.DONE, Status.OK).session(SESSION.id()).messageId(8)
            .targetNode(1).initiatorNode(2);
        replies.seal(0, SESSION.seed());
        assertEquals(FrameFault.NONE, reply.wrap(buffer, 0, ReplyWriter.LENGTH));
        assertTrue(reply.isOfSession());
        replies.seal(0, 0);
        assertEquals(FrameFault.NONE, reply.wrap(buffer, 0, ReplyWriter.LENGTH));
        assertFalse(reply.isOfSession());
        replies.seal(0, 5);
        assertEquals(FrameFault.HEADER_CHECKSUM, reply.wrap(buffer, 0, ReplyWriter.LENGTH));
    }

    @Test
    void aReplyCarriesAPayloadAndEveryFlippedBitOfItIsFound() {
        final ReplyWriter replies = new ReplyWriter();
        final ReplyReader reply = new ReplyReader();
        replies.begin(buffer, 0, Outcome.DONE, Status.OK).session(7).messageId(8).targetNode(1).initiatorNode(2);
        buffer.putBytes(ReplyWriter.LENGTH, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        replies.seal(8, 0);
        assertEquals(FrameFault.NONE, reply.wrap(buffer, 0, ReplyWriter.LENGTH + 8));
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, reply.payload());
        assertTrue(reply.payloadIntact());
        for (int bit = ReplyWriter.LENGTH * 8; bit < (ReplyWriter.LENGTH + 8) * 8; bit++) {
            flip(bit);
            assertFalse(reply.payloadIntact(), "bit " + bit);
            flip(bit);
        }
        assertEquals(FrameFault.LENGTHS, reply.wrap(buffer, 0, ReplyWriter.LENGTH + 7));
    }

    private void flip(final int bit) {
        buffer.putByte(bit / 8, (byte) (buffer.getByte(bit / 8) ^ 1 << bit % 8));
    }
}
