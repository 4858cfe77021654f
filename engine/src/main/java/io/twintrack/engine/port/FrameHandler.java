package io.twintrack.engine.port;

import org.agrona.DirectBuffer;

/** Takes frames from a {@link ReplicaLink} in the order in which the peer sent them. HBA's thread only. */
@FunctionalInterface
public interface FrameHandler {
    /** Done with it: the memory may be reused at once. */
    int CONSUMED = 0;
    /** The memory is needed until {@link ReplicaLink#release(long)} gets the token. */
    int HELD = 1;
    /** Not now: offer it again in a later poll, and nothing behind it before. */
    int REFUSED = 2;

    /** @return {@link #CONSUMED}, {@link #HELD} or {@link #REFUSED}. */
    int onFrame(DirectBuffer buffer, int offset, int length, long token);
}
