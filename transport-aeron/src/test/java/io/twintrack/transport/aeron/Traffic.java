package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Numbered frames one way and numbered replies back, of random lengths and bytes.
 *
 * <pre>
 *   frame   [ number 8 | length 4 | CRC32C of all the rest 4 | random bytes ]
 * </pre>
 */
final class Traffic {
    private static final int HEADER = 16;

    private final End from;
    private final End to;
    private final Random random;
    private final byte[] noise = new byte[1 << 20];
    private final byte[] copy = new byte[1 << 16];
    private final CRC32C crc = new CRC32C();
    private final boolean damageAllowed;
    long sent;
    long received;
    long answered;
    long damaged;
    /** Bytes up to which frames are sent. */
    int maxLength;

    Traffic(final End from, final End to, final long seed, final boolean damageAllowed) {
        this.from = from;
        this.to = to;
        this.random = new Random(seed);
        this.damageAllowed = damageAllowed;
        random.nextBytes(noise);
        maxLength = from.link.frames().maxFrameLength();
    }

    /** @return whether a frame went out. */
    boolean send() {
        final FrameChannel frames = from.link.frames();
        final int length = random.nextInt(4) == 0 ? maxLength : HEADER + random.nextInt(maxLength - HEADER);
        if (frames.claim(length) != FrameChannel.CLAIMED) {
            return false;
        }
        fill(frames.buffer(), frames.offset(), sent++, length);
        frames.commit();
        return true;
    }

    private void fill(final MutableDirectBuffer buffer, final int offset, final long number, final int length) {
        final int start = random.nextInt(noise.length - length);
        buffer.putBytes(offset + HEADER, noise, start, length - HEADER);
        buffer.putLong(offset, number);
        buffer.putInt(offset + 8, length);
        buffer.putInt(offset + 12, checksum(buffer, offset, length));
    }

    int checksum(final DirectBuffer buffer, final int offset, final int length) {
        buffer.getBytes(offset, copy, 0, length);
        ByteBuffer.wrap(copy).putInt(12, 0);
        crc.reset();
        crc.update(copy, 0, length);
        return (int) crc.getValue();
    }

    boolean isIntact(final DirectBuffer buffer, final int offset, final int available) {
        final int length = buffer.getInt(offset + 8);
        return length >= HEADER && length <= available
            && buffer.getInt(offset + 12) == checksum(buffer, offset, length);
    }

    /** A frame is answered as it arrives; it counts as received only when its reply could be sent. */
    int receive() {
        return to.link.pollFrames((buffer, offset, length, token) -> {
            final FrameChannel replies = to.link.replies();
            if (replies.claim(64) != FrameChannel.CLAIMED) {
                return FrameHandler.REFUSED;
            }
            replies.buffer().putLong(replies.offset(), received);
            replies.commit();
            onFrame(buffer, offset, length);
            return FrameHandler.CONSUMED;
        }, 64);
    }

    void onFrame(final DirectBuffer buffer, final int offset, final int length) {
        if (isIntact(buffer, offset, length)) {
            assertEquals(received, buffer.getLong(offset), "frames arrive in order, once");
        } else {
            assertTrue(damageAllowed, "frame " + received + " is damaged");
            damaged++;
        }
        received++;
    }

    int takeReplies() {
        return from.link.pollReplies((buffer, offset, length, token) -> {
            if (buffer.getLong(offset) == answered || !damageAllowed) {
                assertEquals(answered, buffer.getLong(offset), "replies arrive in order, once");
            }
            answered++;
            return FrameHandler.CONSUMED;
        }, 64);
    }

    /** One step of everything, on the calling thread. */
    void step(final long untilSent) {
        for (int i = 0; i < 8 && sent < untilSent && send(); i++) {
            Thread.onSpinWait();
        }
        from.work();
        receive();
        to.work();
        takeReplies();
    }
}
