package io.twintrack.transport.aeron;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.aeron.protocol.DataHeaderFlyweight;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_DATA;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_ERR;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_NAK;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_PAD;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_RES;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_RSP_SETUP;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_RTTM;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_SETUP;
import static io.aeron.protocol.HeaderFlyweight.HDR_TYPE_SM;

/** One datagram as Aeron makes them, with numbers near those of a peer's streams and far from them. */
final class DrawnDatagram {
    private static final int HEADER = DataHeaderFlyweight.HEADER_LENGTH;
    private static final int CONTROL_LENGTH = 40;
    private static final int MOST_PAYLOAD = 512;
    private static final int[] TYPES = {
        HDR_TYPE_PAD, HDR_TYPE_DATA, HDR_TYPE_DATA, HDR_TYPE_DATA, HDR_TYPE_NAK, HDR_TYPE_SM, HDR_TYPE_ERR,
        HDR_TYPE_SETUP, HDR_TYPE_RTTM, HDR_TYPE_RES, HDR_TYPE_RSP_SETUP};
    private static final int[] LENGTHS = {
        0, 32, 40, 64, 512, 1376, 4096, 65536, -1, Integer.MIN_VALUE, 1 << 30, Integer.MAX_VALUE};

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[2048]);

    UnsafeBuffer bytes() {
        return bytes;
    }

    static HandmadePeer.Start start(final FuzzedDataProvider data) {
        final int initialTermId = data.consumeInt();
        return new HandmadePeer.Start(initialTermId, initialTermId + near(data), offset(data, 0),
            data.consumeInt(0, 7) == 0 ? data.pickValue(LENGTHS) : HandmadePeer.TERM,
            data.consumeInt(0, 7) == 0 ? data.pickValue(LENGTHS) : HandmadePeer.MTU);
    }

    /** @return its length. */
    int draw(final FuzzedDataProvider data, final HandmadePeer peer) {
        bytes.setMemory(0, bytes.capacity(), (byte) 0);
        final int type = data.pickValue(TYPES);
        final int length = type == HDR_TYPE_DATA || type == HDR_TYPE_PAD ? drawFrames(data, peer, type)
            : drawControl(data, peer, type);
        return data.consumeInt(0, 7) == 0 ? data.consumeInt(0, length) : length;
    }

    /** One to three behind each other. */
    private int drawFrames(final FuzzedDataProvider data, final HandmadePeer peer, final int type) {
        final int offset = offset(data, peer.start().termOffset());
        final int session = session(data, peer);
        final int streamId = data.consumeInt(1, 2);
        final int termId = peer.start().activeTermId() + near(data);
        int length = 0;
        for (int frames = data.consumeInt(1, 3); frames > 0; frames--) {
            final int frameType = frames > 1 ? HDR_TYPE_DATA : type;
            final int frameLength = drawHeader(data, length, frameType);
            identify(length, offset + length, session, streamId, termId);
            length += frameType == HDR_TYPE_PAD ? HEADER
                : BitUtil.align(Math.max(HEADER, Math.min(frameLength, MOST_PAYLOAD)), HEADER);
        }
        return length;
    }

    private int drawHeader(final FuzzedDataProvider data, final int at, final int type) {
        final int frameLength = data.consumeBoolean() ? data.pickValue(LENGTHS) : data.consumeInt(0, MOST_PAYLOAD);
        bytes.putInt(at, frameLength);
        bytes.putByte(at + 5, data.consumeByte());
        bytes.putShort(at + 6, (short) type);
        return frameLength;
    }

    private void identify(
        final int at, final int offset, final int session, final int streamId, final int termId) {
        bytes.putInt(at + 8, offset);
        bytes.putInt(at + 12, session);
        bytes.putInt(at + 16, streamId);
        bytes.putInt(at + 20, termId);
    }

    private int drawControl(final FuzzedDataProvider data, final HandmadePeer peer, final int type) {
        drawHeader(data, 0, type);
        if (type == HDR_TYPE_SETUP) {
            final HandmadePeer.Start start = start(data);
            identify(0, start.termOffset(), session(data, peer), data.consumeInt(1, 2), start.initialTermId());
            bytes.putInt(24, start.activeTermId());
            bytes.putInt(28, start.termLength());
            bytes.putInt(32, start.mtu());
            return CONTROL_LENGTH;
        }
        bytes.putInt(8, session(data, peer));
        bytes.putInt(12, data.consumeInt(1, 2));
        for (int at = 16; at < CONTROL_LENGTH; at += Integer.BYTES) {
            bytes.putInt(at, data.consumeBoolean() ? data.pickValue(LENGTHS) : data.consumeInt());
        }
        return CONTROL_LENGTH;
    }

    private static int session(final FuzzedDataProvider data, final HandmadePeer peer) {
        return switch (data.consumeInt(0, 7)) {
            case 0 -> data.consumeInt();
            case 1, 2 -> peer.linkIncarnation();
            default -> peer.incarnation();
        };
    }

    private static int offset(final FuzzedDataProvider data, final int from) {
        return switch (data.consumeInt(0, 15)) {
            case 0 -> data.consumeInt();
            case 1 -> data.consumeInt(0, HandmadePeer.TERM);
            case 2 -> HandmadePeer.TERM - data.consumeInt(-1, HEADER);
            case 3, 4, 5 -> data.consumeInt(0, HandmadePeer.TERM / HEADER) * HEADER;
            default -> from + data.consumeInt(0, 4) * HEADER;
        };
    }

    private static int near(final FuzzedDataProvider data) {
        return data.consumeInt(0, 3) == 0 ? data.consumeInt() : data.consumeInt(-1, 2);
    }
}
