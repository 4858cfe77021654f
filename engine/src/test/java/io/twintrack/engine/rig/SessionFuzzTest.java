package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrack.engine.Status;
import io.twintrack.engine.frame.FrameWriter;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.frame.sbe.FrameEncoder;
import io.twintrack.engine.port.ReplicaLink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.checksum.Crc32c;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames and replies with anything in them, under good checksums of the session, of none and of another: neither end
 * throws, no frame's memory is kept, nothing is written outside a volume, and a new session works as ever.
 */
class SessionFuzzTest {
    private static final int HEADER = ReplicaLink.ALIGNED_HEADER;
    private static final int MOST_FRAMES = 6;
    private static final int ELSEWHERE = 1 << 20;
    private static final int REPLY_PAYLOAD_CHECKSUM = ReplyWriter.LENGTH - 8;
    private static final Operation[] OPERATIONS = Operation.values();

    private long session;
    private int seed;

    /** Every header carries the session's id, and its checksum the seed. */
    private boolean overhear(final UnsafeBuffer frame) {
        final int covered = FrameWriter.HEADER_LENGTH - Integer.BYTES;
        session = frame.getLong(8, ByteOrder.LITTLE_ENDIAN);
        seed = frame.getInt(covered, ByteOrder.LITTLE_ENDIAN)
            ^ Crc32c.INSTANCE.compute(frame.addressOffset(), 0, covered);
        return false;
    }

    private byte[] frame(final FuzzedDataProvider data) {
        final byte[] payload = data.consumeBytes(data.consumeInt(0, 2048));
        final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(HEADER + payload.length));
        frame.putBytes(HEADER, payload);
        final boolean ofSession = data.consumeBoolean();
        final FrameWriter writer = new FrameWriter();
        final FrameEncoder out = writer.begin(frame, 0, data.pickValue(OPERATIONS));
        out.session(ofSession ? session : data.consumeLong()).messageId(data.consumeLong(-1, 4100))
            .floor(data.consumeLong(-1, 4100)).requestId(data.consumeLong(-1, 64))
            .requestOffset(data.consumeBoolean() ? data.consumeLong() : data.consumeLong(0, SessionRig.SIZE + 4096L))
            .requestLength(data.consumeLong(0, 0xFFFF_FFFFL)).fragmentOffset(data.consumeLong(0, 0xFFFF_FFFFL))
            .volumeSize(data.consumeBoolean() ? SessionRig.SIZE : data.consumeLong())
            .targetNode(data.consumeInt()).initiatorNode(data.consumeInt())
            .primaryVolume(data.consumeInt(0, 3)).redundantVolume(data.consumeInt(0, 3))
            .flags(data.consumeShort());
        writer.seal(HEADER, payload.length, ofSession ? seed : data.consumeBoolean() ? 0 : data.consumeInt());
        final byte[] bytes = new byte[frame.capacity()];
        frame.getBytes(0, bytes);
        return bytes;
    }

    @FuzzTest(maxDuration = "2m")
    void framesFromAnybody(final FuzzedDataProvider data) {
        try (SessionRig rig = new SessionRig(LoopbackLink.Wire.LARGE_FRAMES)) {
            rig.originLink.damageFrames(this::overhear);
            rig.attached();
            rig.originLink.damageFrames(null);
            for (int i = 0; i < MOST_FRAMES && data.remainingBytes() > 0; i++) {
                rig.originLink.inject(frame(data));
                rig.cycles(data.consumeInt(0, 4));
            }
            startAnew(rig);
        }
    }

    /** Replies of the target, changed and sealed again. */
    @FuzzTest(maxDuration = "2m")
    void repliesOfALiar(final FuzzedDataProvider data) {
        try (SessionRig rig = new SessionRig(LoopbackLink.Wire.LARGE_FRAMES)) {
            rig.targetLink.damageReplies(reply -> lie(reply, data));
            rig.cycles(100);
            if (rig.side.attached) {
                rig.write(3, 8192);
            }
            rig.cycles(100);
            rig.targetLink.damageReplies(null);
            startAnew(rig);
        }
    }

    private static boolean lie(final UnsafeBuffer reply, final FuzzedDataProvider data) {
        if (data.remainingBytes() == 0 || data.consumeBoolean()) {
            return false;
        }
        final int covered = ReplyWriter.LENGTH - Integer.BYTES;
        final int sealed = reply.getInt(covered, ByteOrder.LITTLE_ENDIAN)
            ^ Crc32c.INSTANCE.compute(reply.addressOffset(), 0, covered);
        final byte[] change = data.consumeBytes(data.consumeInt(0, 16));
        reply.putBytes(data.consumeInt(8, covered - 16), change);
        if (reply.capacity() > ReplyWriter.LENGTH && data.consumeBoolean()) {
            final int length = reply.capacity() - ReplyWriter.LENGTH;
            reply.putByte(ReplyWriter.LENGTH + data.consumeInt(0, length - 1), data.consumeByte());
            final int sum = Crc32c.INSTANCE.compute(reply.addressOffset(), ReplyWriter.LENGTH, length);
            reply.putInt(REPLY_PAYLOAD_CHECKSUM, sum, ByteOrder.LITTLE_ENDIAN);
        }
        reply.putInt(covered, sealed ^ Crc32c.INSTANCE.compute(reply.addressOffset(), 0, covered),
            ByteOrder.LITTLE_ENDIAN);
        return false;
    }

    /** A write that a lie failed keeps its range until the pair decides, and there is no pair here. */
    private static void startAnew(final SessionRig rig) {
        rig.cycles(10);
        rig.pair.ordered.forEach(done -> done.onStatus(Status.OK));
        rig.otherPair.ordered.forEach(done -> done.onStatus(Status.OK));
        rig.originLink.connect(false);
        rig.until("the session is lost", () -> !rig.side.attached);
        rig.originLink.connect(true);
        rig.attached();
        assertEquals(Status.OK, rig.finish(rig.write(77, ELSEWHERE, 4096)));
        rig.cycles(10);
        assertEquals(0, rig.originLink.heldByPeer(), "a frame's memory is kept");
    }
}
