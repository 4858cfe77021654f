package io.twintrack.engine.rig;

import io.twintrack.engine.port.ReplicaLink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frames of one stream. Each has memory of its own, which is filled with junk when it is released and used again:
 * whoever reads it later finds out. Frames follow one another in it as in a term buffer, so that payloads lie at the
 * boundaries that a real link gives them. Allocates nothing once as many frames as are under way at a time were made.
 */
public final class FrameStock {
    /** One frame, on its way or held. */
    public static final class Frame {
        public final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
        /** When it arrives, where that is simulated. */
        public long dueNs;
        /** A repetition: it outlives the session. */
        public boolean late;
        private final ByteBuffer memory;
        private final FrameStock home;

        private Frame(final ByteBuffer memory, final FrameStock home) {
            this.memory = memory;
            this.home = home;
        }

        /** Nobody reads it any more. */
        public void release() {
            bytes.setMemory(0, bytes.capacity(), (byte) 0xDB);
            if (home.free.size() < home.most) {
                home.free.addLast(this);
            }
        }
    }

    private static final int PAGE = 4096;
    private static final int AERON_HEADER = 32;

    private final int maxFrameLength;
    private final int alignment;
    private final int most;
    private final Deque<Frame> free = new ArrayDeque<>();
    private int position;

    /** @param most that are kept for later. */
    public FrameStock(final int maxFrameLength, final int headerLength, final int most) {
        this.maxFrameLength = maxFrameLength;
        this.alignment = headerLength == ReplicaLink.ALIGNED_HEADER ? 512 : 32;
        this.most = most;
    }

    /** @return one whose bytes are what they are. */
    public Frame take(final int length) {
        final Frame recycled = free.pollFirst();
        final Frame frame = recycled != null ? recycled
            : new Frame(BufferUtil.allocateDirectAligned(AERON_HEADER + maxFrameLength + PAGE, PAGE), this);
        frame.late = false;
        frame.bytes.wrap(frame.memory, position % PAGE + AERON_HEADER, length);
        position += BitUtil.align(AERON_HEADER + length, alignment);
        return frame;
    }
}
