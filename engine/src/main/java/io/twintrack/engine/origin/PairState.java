package io.twintrack.engine.origin;

/** Where a pair stands, seen from its origin. */
public enum PairState {
    /** No session with the target yet; nothing is served. */
    CONNECTING,
    /** The target answers. Both sides are compared whole and what differs is copied from the origin. */
    COMPARING,
    /** Both sides are equal, but for writes in flight. */
    UP_TO_DATE,
    /** The target did not answer within all tries: reads are served, writes fail. */
    SEVERED,
    /** This node's disk failed a flush: what it had acknowledged may be gone, so it takes no more writes. */
    FAILED
}
