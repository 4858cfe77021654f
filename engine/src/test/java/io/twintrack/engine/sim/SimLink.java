package io.twintrack.engine.sim;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.rig.FrameStock;
import io.twintrack.engine.rig.FrameStock.Frame;
import io.twintrack.engine.rig.HeldFrames;
import java.util.ArrayList;
import java.util.List;
import org.agrona.MutableDirectBuffer;

/**
 * One end of a {@link SimWire}. A frame arrives after a delay; frames keep their order unless the wire is told
 * otherwise. Repeated frames may arrive long after, in another session.
 */
final class SimLink implements ReplicaLink {
    private static final int WINDOW = 64;

    private final int end;
    private final SimWire wire;
    private final Channel frames;
    private final Channel replies;
    private final HeldFrames held = new HeldFrames();
    private LinkListener listener;
    private boolean up;
    private boolean wanted;

    SimLink(final int end, final SimWire wire, final boolean largeFrames) {
        this.end = end;
        this.wire = wire;
        final int header = largeFrames ? ALIGNED_HEADER : COMPACT_HEADER;
        frames = new Channel(header + (largeFrames ? 60 * 1024 : 1024), header);
        replies = new Channel(largeFrames ? 64 + 4096 : 64 + 1024, 0);
    }

    private SimLink peer() {
        return wire.ends[1 - end];
    }

    boolean isWanted() {
        return wanted;
    }

    void wanted(final boolean on) {
        if (wanted != on) {
            wanted = on;
            wire.log.event("link", end, on ? 1 : 0, 0);
        }
        if (!on) {
            clear();
            peer().clear();
        }
    }

    private void clear() {
        frames.sent.removeIf(frame -> !frame.late);
        replies.sent.removeIf(frame -> !frame.late);
    }

    /** The process at this end is gone, with all that it held. */
    void reset() {
        held.forget();
        up = false;
        wanted = false;
        listener = null;
        frames.claimed = null;
        replies.claimed = null;
        clear();
    }

    long nextDueNs() {
        return Math.min(frames.nextDueNs(), replies.nextDueNs());
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
        return up ? held.poll(peer().frames, handler, limit, true) : 0;
    }

    @Override
    public int pollReplies(final FrameHandler handler, final int limit) {
        return up ? held.poll(peer().replies, handler, limit, false) : 0;
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
            listener.onLinkDown(nowNs, "the link is cut");
        }
        return 1;
    }

    @Override
    public void close() {
    }

    private final class Channel implements FrameChannel, HeldFrames.Source {
        private final int maxFrameLength;
        private final int headerLength;
        private final List<Frame> sent = new ArrayList<>();
        private final FrameStock stock;
        private long lastDueNs;
        private long freeNs;
        private Frame claimed;

        private Channel(final int maxFrameLength, final int headerLength) {
            this.maxFrameLength = maxFrameLength;
            this.headerLength = headerLength;
            stock = new FrameStock(maxFrameLength, headerLength, WINDOW);
        }

        @Override
        public Frame next() {
            return hasArrived() ? sent.get(0) : null;
        }

        @Override
        public void remove(final Frame taken) {
            sent.remove(taken);
        }

        private boolean hasArrived() {
            return !sent.isEmpty() && !wire.cut[end] && sent.get(0).dueNs <= wire.clock.nowNs();
        }

        private long nextDueNs() {
            return sent.isEmpty() || wire.cut[end] ? Long.MAX_VALUE : sent.get(0).dueNs;
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
            if (sent.size() >= WINDOW) {
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
            final Forger forger = wire.forgers[end];
            byte[] second = null;
            if (forger != null && headerLength == 0) {
                forger.reply(frame.bytes);
            } else if (forger != null) {
                second = forger.frame(frame.bytes);
            }
            send(frame);
            if (second != null) {
                final Frame forged = stock.take(second.length);
                forged.bytes.putBytes(0, second);
                send(forged);
            }
        }

        private void send(final Frame frame) {
            if (wire.happens(wire.repetition)) {
                repeat(frame);
            }
            if (wire.happens(wire.damage)) {
                wire.damage(frame.bytes);
            }
            if (wire.happens(wire.loss)) {
                wire.lost++;
                frame.release();
            } else if (wire.happens(wire.reorder)) {
                wire.reordered++;
                frame.dueNs = wire.clock.nowNs() + wire.delayNs() * 10;
                insert(frame);
            } else {
                lastDueNs = Math.max(lastDueNs, leftNs(frame) + wire.delayNs());
                frame.dueNs = lastDueNs;
                insert(frame);
            }
        }

        private long leftNs(final Frame frame) {
            wire.throttled += wire.bandwidth > 0 && freeNs > wire.clock.nowNs() ? 1 : 0;
            freeNs = Math.max(freeNs, wire.clock.nowNs()) + wire.leavingNs(frame.bytes.capacity());
            return freeNs;
        }

        /** A second one arrives soon, or so late that another session is open. */
        private void repeat(final Frame frame) {
            wire.repeated++;
            final Frame again = stock.take(frame.bytes.capacity());
            again.bytes.putBytes(0, frame.bytes, 0, frame.bytes.capacity());
            final long far = wire.random.nextInt(4) == 0 ? 1000 : 1;
            again.late = far > 1;
            again.dueNs = wire.clock.nowNs() + wire.delayNs() * 5 * far;
            insert(again);
        }

        private void insert(final Frame frame) {
            int at = sent.size();
            while (at > 0 && sent.get(at - 1).dueNs > frame.dueNs) {
                at--;
            }
            sent.add(at, frame);
        }

        @Override
        public void abort() {
            claimed.release();
            claimed = null;
        }
    }
}
