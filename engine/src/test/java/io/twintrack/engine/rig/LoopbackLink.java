package io.twintrack.engine.rig;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.rig.FrameStock.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One end of a wire in memory, with faults on demand. */
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

    static final int PAGE = 4096;

    private final Channel frames;
    private final Channel replies;
    private final HeldFrames held = new HeldFrames();
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
        return held.poll(peer.frames, handler, limit, true);
    }

    @Override
    public int pollReplies(final FrameHandler handler, final int limit) {
        return held.poll(peer.replies, handler, limit, false);
    }

    @Override
    public void release(final long token) {
        held.release(token);
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

    private final class Channel implements FrameChannel, HeldFrames.Source {
        private final int maxFrameLength;
        private final int headerLength;
        private final int window;
        private final FrameStock stock;
        private final Deque<Frame> sent = new ArrayDeque<>();
        private boolean stalled;
        private Predicate<UnsafeBuffer> drop;
        private Predicate<UnsafeBuffer> damage;
        private Frame claimed;

        private Channel(final int maxFrameLength, final int headerLength, final int window) {
            this.maxFrameLength = maxFrameLength;
            this.headerLength = headerLength;
            this.window = window;
            stock = new FrameStock(maxFrameLength, headerLength, Integer.MAX_VALUE);
        }

        @Override
        public Frame next() {
            return sent.peekFirst();
        }

        @Override
        public void remove(final Frame taken) {
            sent.remove(taken);
        }

        private void clear() {
            sent.clear();
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
            claimed = stock.take(length);
            claimed.bytes.setMemory(0, length, (byte) 0x5A);
            return CLAIMED;
        }

        @Override
        public MutableDirectBuffer buffer() {
            return claimed.bytes;
        }

        @Override
        public int offset() {
            return 0;
        }

        @Override
        public void commit() {
            final Frame frame = claimed;
            claimed = null;
            if (damage != null) {
                damage.test(frame.bytes);
            }
            if (drop == null || !drop.test(frame.bytes)) {
                sent.addLast(frame);
            } else {
                frame.release();
            }
        }

        @Override
        public void abort() {
            claimed.release();
            claimed = null;
        }
    }
}
