package io.twintrack.engine.rig;

import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.rig.FrameStock.Frame;
import org.agrona.collections.Long2ObjectHashMap;

/** Where frames arrive at an end: they go to a handler, and those that it holds stay until they are released. */
public final class HeldFrames {
    /** What is on its way to this end, in the order of its arrival. */
    public interface Source {
        /** @return the next one that has arrived, or null. */
        Frame next();

        void remove(Frame taken);
    }

    private final Long2ObjectHashMap<Frame> held = new Long2ObjectHashMap<>();
    private long nextToken = 1;

    /** @return how many were taken. */
    public int poll(final Source from, final FrameHandler handler, final int limit, final boolean mayHold) {
        int taken = 0;
        Frame next = from.next();
        while (taken < limit && next != null) {
            final long token = nextToken;
            held.put(token, next);
            final int fate = handler.onFrame(next.bytes, 0, next.bytes.capacity(), token);
            if (fate == FrameHandler.REFUSED) {
                held.remove(token);
                return taken;
            }
            nextToken++;
            from.remove(next);
            taken++;
            if (fate == FrameHandler.CONSUMED) {
                release(token);
            } else if (!mayHold) {
                throw new IllegalStateException("a reply was held");
            }
            next = from.next();
        }
        return taken;
    }

    public void release(final long token) {
        final Frame frame = held.remove(token);
        if (frame == null) {
            throw new IllegalStateException("token " + token + " is not held");
        }
        frame.release();
    }

    public int size() {
        return held.size();
    }

    /** The process that held them is gone; their memory is not used again. */
    public void forget() {
        held.clear();
    }
}
