package io.twintrack.transport.aeron;

import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

import static io.aeron.logbuffer.FrameDescriptor.FRAME_ALIGNMENT;
import static io.aeron.logbuffer.LogBufferDescriptor.TERM_MAX_LENGTH;
import static io.aeron.logbuffer.LogBufferDescriptor.TERM_MIN_LENGTH;

/**
 * Eight bytes at the end of every datagram, put on before it is sent and taken off before Aeron sees it.
 *
 * <pre>
 *   0                       4                       8
 *   +-----------------------+-----------------------+
 *   | incarnation           | CRC32C                |   little endian
 *   +-----------------------+-----------------------+
 * </pre>
 *
 * Aeron trusts a frame header once its version is right: one damaged frame length leaves a hole that is never filled.
 * So the checksum covers everything that Aeron acts on: a magic number, the incarnation, the datagram's length, and of
 * data datagrams all frame headers, of all others every byte. Payloads carry the engine's own checksum.
 *
 * <p>The incarnation is drawn anew each time a link is opened. It tells which life of the peer a status message comes
 * from. Not thread-safe: each socket has its own.
 */
final class DatagramSeal {
    static final int LENGTH = 8;

    /** Why a datagram was dropped. */
    enum Verdict {
        GOOD, TOO_SHORT, MALFORMED, BAD_CHECKSUM, OUT_OF_TERM
    }

    private static final int MAGIC = 0x314B4C54;
    private static final int FRAME_HEADER = DataHeaderFlyweight.HEADER_LENGTH;
    private static final int MALFORMED = -1;
    /** Private in Aeron's SetupFlyweight, whose comment draws them. */
    private static final int SETUP_INITIAL_TERM_ID = 20;
    private static final int SETUP_ACTIVE_TERM_ID = 24;
    private static final int SETUP_TERM_LENGTH = 28;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer prefix = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN).putInt(0, MAGIC);
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int incarnation;

    /** Writes the seal of the datagram that lies between the source's position and limit, which are kept. */
    void seal(final ByteBuffer source, final int incarnation, final ByteBuffer target) {
        final int position = source.position();
        final int length = source.remaining();
        view.wrap(source);
        begin(incarnation, length);
        if (cover(source, position, length) == MALFORMED) {
            throw new IllegalStateException("about to send a malformed datagram of " + length + " bytes");
        }
        target.putInt(0, incarnation).putInt(4, (int) crc.getValue());
    }

    /**
     * Judges the datagram of {@code length} bytes, seal included, at the start of the buffer.
     *
     * @param maxTermLength longest term in bytes that a received stream may have.
     */
    Verdict check(final ByteBuffer datagram, final int length, final int maxTermLength) {
        final int sealed = length - LENGTH;
        if (sealed < HeaderFlyweight.MIN_HEADER_LENGTH) {
            return Verdict.TOO_SHORT;
        }
        view.wrap(datagram);
        incarnation = view.getInt(sealed, ByteOrder.LITTLE_ENDIAN);
        begin(incarnation, sealed);
        if (cover(datagram, 0, sealed) == MALFORMED) {
            return Verdict.MALFORMED;
        }
        if (view.getInt(sealed + 4, ByteOrder.LITTLE_ENDIAN) != (int) crc.getValue()) {
            return Verdict.BAD_CHECKSUM;
        }
        return place(sealed, maxTermLength);
    }

    private Verdict place(final int length, final int maxTermLength) {
        final int type = type(0);
        if (type == HeaderFlyweight.HDR_TYPE_SETUP) {
            return placeStream(length, maxTermLength);
        }
        final boolean isFrame = type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD;
        return isFrame && !isFrameStart(termOffset(0), maxTermLength - length) ? Verdict.OUT_OF_TERM : Verdict.GOOD;
    }

    /**
     * Aeron takes a stream as it introduces itself, and where it begins is where we read on. One with longer terms is
     * not taken either: its buffers would be of a size that nobody planned for.
     */
    private Verdict placeStream(final int length, final int maxTermLength) {
        if (length < SetupFlyweight.HEADER_LENGTH) {
            return Verdict.MALFORMED;
        }
        final int termLength = view.getInt(SETUP_TERM_LENGTH, ByteOrder.LITTLE_ENDIAN);
        final int terms = view.getInt(SETUP_ACTIVE_TERM_ID, ByteOrder.LITTLE_ENDIAN)
            - view.getInt(SETUP_INITIAL_TERM_ID, ByteOrder.LITTLE_ENDIAN);
        if (!BitUtil.isPowerOfTwo(termLength) || termLength < TERM_MIN_LENGTH || terms < 0
            || !isFrameStart(termOffset(0), termLength - FRAME_ALIGNMENT)) {
            return Verdict.MALFORMED;
        }
        return termLength <= maxTermLength ? Verdict.GOOD : Verdict.OUT_OF_TERM;
    }

    private static boolean isFrameStart(final int offset, final int last) {
        return offset >= 0 && offset <= last && offset % FRAME_ALIGNMENT == 0;
    }

    private int type(final int header) {
        return view.getShort(header + HeaderFlyweight.TYPE_FIELD_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Of the datagram that was checked last. */
    int incarnation() {
        return incarnation;
    }

    private void begin(final int incarnation, final int length) {
        crc.reset();
        prefix.putInt(4, incarnation).putInt(8, length).clear();
        crc.update(prefix);
    }

    private int cover(final ByteBuffer buffer, final int position, final int length) {
        final int limit = buffer.limit();
        final int type = type(position);
        final int result;
        if (type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD) {
            result = coverHeaders(buffer, position, length);
        } else {
            update(buffer, position, length);
            result = length;
        }
        buffer.limit(limit).position(position);
        return result;
    }

    /** Walks the frames: their lengths have to add up to the datagram, and each follows the one before in its term. */
    private int coverHeaders(final ByteBuffer buffer, final int position, final int length) {
        int at = 0;
        while (at + FRAME_HEADER <= length) {
            final int header = position + at;
            if (at > 0 && !follows(position, header, at)) {
                return MALFORMED;
            }
            update(buffer, header, FRAME_HEADER);
            final int advance = sentLength(header, length);
            if (advance < FRAME_HEADER || advance > length - at) {
                return MALFORMED;
            }
            at += advance;
        }
        return at == length ? at : MALFORMED;
    }

    private boolean follows(final int first, final int header, final int distance) {
        return termOffset(header) == termOffset(first) + distance
            && view.getInt(header + DataHeaderFlyweight.TERM_ID_FIELD_OFFSET)
                == view.getInt(first + DataHeaderFlyweight.TERM_ID_FIELD_OFFSET)
            && view.getLong(header + DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET)
                == view.getLong(first + DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET);
    }

    private int termOffset(final int header) {
        return view.getInt(header + DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /** Of padding only the header travels; a heartbeat is a header with the length 0, alone in its datagram. */
    private int sentLength(final int header, final int datagramLength) {
        final int frameLength = view.getInt(header, ByteOrder.LITTLE_ENDIAN);
        if (frameLength == 0) {
            return datagramLength == FRAME_HEADER ? FRAME_HEADER : MALFORMED;
        }
        if (type(header) == HeaderFlyweight.HDR_TYPE_PAD) {
            return frameLength > 0 && frameLength <= TERM_MAX_LENGTH ? FRAME_HEADER : MALFORMED;
        }
        return frameLength > 0 && frameLength <= (1 << 16) ? BitUtil.align(frameLength, FRAME_ALIGNMENT) : MALFORMED;
    }

    private void update(final ByteBuffer buffer, final int offset, final int length) {
        buffer.limit(offset + length).position(offset);
        crc.update(buffer);
    }
}
