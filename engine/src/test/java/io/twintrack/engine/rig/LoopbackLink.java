package io.twintrack.engine.rig;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One end of a wire in memory, with faults on demand. Each frame has memory of its own, which is filled with junk
 * when it is released and used again: whoever reads it later finds out. Frames follow one another in it as in a term
 * buffer, so that payloads lie at the boundaries that a real link gives them. Allocates nothing once as many frames as
 * are under way at a time were made.
 */
public final class LoopbackLink implements ReplicaLink {
    /** How the wire is made. */
    public record Wire(int maxFrameLength, int headerLength, int window) {
        /** A reply carries at least 1,024 bytes, and where frames are large a page. */
        int maxReplyLength() {
            return maxFrameLength > PAGE ? 64 + PAGE : 1024 + 64;
        }

        public static final Wire LARGE_FRAMES = new Wire(480 + 60 * 1024, ALIGNED_HEADER, 64);
        public static final Wire SMALL_FRAMES = new Wire(128 + 1024, COMPACT_HEADER, 64);
    }

    private record Held(ByteBuffer memory, UnsafeBuffer frame, Channel owner) {
    }

    static final int PAGE = 4096;
    private static final int AERON_HEADER = 32;

    private final Channel frames;
    private final Channel replies;
    private final Long2ObjectHashMap<Held> held = new Long2ObjectHashMap<>();
    private long nextToken = 1;
    private LoopbackLink peer;
    private LinkListener listener;
    private boolean up;
    private boolean wanted;

    private LoopbackLink(final Wire wire) {
        frames = new Channel(wire.maxFrameLength, wire.headerLength, wire.window);
        replies = new Channel(wire.maxReplyLength(), 0, wire.window);
    }

    /** @return both ends, down. */
    public static LoopbackLink[] pair(final Wire wire) {
        final LoopbackLink[] ends = {new LoopbackLink(wire), new LoopbackLink(wire)};
        ends[0].peer = ends[1];
        ends[1].peer = ends[0];
        return ends;
    }

    /** Both ends go up or down, each in its own next duty cycle. What is under way is lost when they go down. */
    public void connect(final boolean on) {
        connectHere(on);
        peer.connectHere(on);
    }

    /** Only this end notices: what happens when one direction is lost for just long enough. */
    public void connectHere(final boolean on) {
        wanted = on;
        if (!on) {
            frames.clear();
            replies.clear();
            peer.frames.clear();
            peer.replies.clear();
        }
    }

    /** The data stream of this end takes nothing, as when the peer's window is closed. */
    public void stallFrames(final boolean on) {
        frames.stalled = on;
    }

    /** Frames of this end's data stream for which it says true are lost; null heals it. */
    public void dropFrames(final Predicate<UnsafeBuffer> drop) {
        frames.drop = drop;
    }

    /** Replies of this end for which it says true are lost; null heals it. */
    public void dropReplies(final Predicate<UnsafeBuffer> drop) {
        replies.drop = drop;
    }

    /** Each frame of this end's data stream passes through it and may be damaged; null heals it. */
    public void damageFrames(final Predicate<UnsafeBuffer> damage) {
        frames.damage = damage;
    }

    /** Each reply of this end passes through it and may be damaged; null heals it. */
    public void damageReplies(final Predicate<UnsafeBuffer> damage) {
        replies.damage = damage;
    }

    /** The reply stream of this end takes nothing. */
    public void stallReplies(final boolean on) {
        replies.stalled = on;
    }

    /** Puts bytes on this end's data stream that no claim produced: a replay, or nonsense. */
    public void inject(final byte[] bytes) {
        frames.claim(bytes.length);
        frames.buffer().putBytes(0, bytes);
        frames.commit();
    }

    /** Frames that the peer holds. */
    public int heldByPeer() {
        return peer.held.size();
    }

    @Override
    public void listener(final LinkListener linkListener) {
        listener = linkListener;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public FrameChannel frames() {
        return frames;
    }

    @Override
    public FrameChannel replies() {
        return replies;
    }

    @Override
    public int pollFrames(final FrameHandler handler, final int limit) {
        return poll(peer.frames, handler, limit, true);
    }

    @Override
    public int pollReplies(final FrameHandler handler, final int limit) {
        return poll(peer.replies, handler, limit, false);
    }

    private int poll(final Channel from, final FrameHandler handler, final int limit, final boolean mayHold) {
        int taken = 0;
        while (taken < limit && !from.sent.isEmpty()) {
            final Held next = from.sent.peekFirst();
            final long token = nextToken;
            held.put(token, next);
            final int fate = handler.onFrame(next.frame, 0, next.frame.capacity(), token);
            if (fate == FrameHandler.REFUSED) {
                held.remove(token);
                return taken;
            }
            nextToken++;
            from.sent.pollFirst();
            taken++;
            if (fate == FrameHandler.CONSUMED) {
                release(token);
            } else if (!mayHold) {
                throw new IllegalStateException("a reply was held");
            }
        }
        return taken;
    }

    @Override
    public void release(final long token) {
        final Held frame = held.remove(token);
        if (frame == null) {
            throw new IllegalStateException("token " + token + " is not held");
        }
        frame.owner.recycle(frame);
    }

    @Override
    public int doWork(final long nowNs) {
        if (up == wanted) {
            return 0;
        }
        up = wanted;
        if (up) {
            listener.onLinkUp(nowNs);
        } else {
            listener.onLinkDown(nowNs, "the test cut it");
        }
        return 1;
    }

    @Override
    public void close() {
    }

    private final class Channel implements FrameChannel {
        private final int maxFrameLength;
        private final int headerLength;
        private final int window;
        private final Deque<Held> sent = new ArrayDeque<>();
        private final Deque<Held> free = new ArrayDeque<>();
        private int position;
        private boolean stalled;
        private Predicate<UnsafeBuffer> drop;
        private Predicate<UnsafeBuffer> damage;
        private Held claimed;

        private Channel(final int maxFrameLength, final int headerLength, final int window) {
            this.maxFrameLength = maxFrameLength;
            this.headerLength = headerLength;
            this.window = window;
        }

        private void clear() {
            sent.clear();
        }

        private void recycle(final Held frame) {
            frame.frame.setMemory(0, frame.frame.capacity(), (byte) 0xDB);
            free.addLast(frame);
        }

        private Held make() {
            final Held recycled = free.pollFirst();
            return recycled != null ? recycled : new Held(
                BufferUtil.allocateDirectAligned(AERON_HEADER + maxFrameLength + PAGE, PAGE),
                new UnsafeBuffer(0, 0), this);
        }

        @Override
        public int maxFrameLength() {
            return maxFrameLength;
        }

        @Override
        public int headerLength() {
            return headerLength;
        }

        @Override
        public int claim(final int length) {
            if (claimed != null || length > maxFrameLength) {
                throw new IllegalStateException("claimed " + length);
            }
            if (!up || !wanted) {
                return NOT_CONNECTED;
            }
            if (stalled || sent.size() >= window) {
                return BACK_PRESSURED;
            }
            claimed = make();
            claimed.frame.wrap(claimed.memory, position % PAGE + AERON_HEADER, length);
            position += BitUtil.align(AERON_HEADER + length, headerLength == ALIGNED_HEADER ? 512 : 32);
            claimed.frame.setMemory(0, length, (byte) 0x5A);
            return CLAIMED;
        }

        @Override
        public MutableDirectBuffer buffer() {
            return claimed.frame;
        }

        @Override
        public int offset() {
            return 0;
        }

        @Override
        public void commit() {
            final Held frame = claimed;
            claimed = null;
            if (damage != null) {
                damage.test(frame.frame);
            }
            if (drop == null || !drop.test(frame.frame)) {
                sent.addLast(frame);
            } else {
                recycle(frame);
            }
        }

        @Override
        public void abort() {
            recycle(claimed);
            claimed = null;
        }
    }
}
