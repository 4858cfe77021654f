package io.twintrack.engine.origin;

/** What a session tells each pair whose frames it carries. HBA's thread only. */
public interface OriginPair {
    /** Both nodes know each other. The pair attaches next: nothing but questions is sent before. */
    void onSessionOpened(long nowNs);

    /**
     * The session is over and another one is being opened. What clients asked waits for it; questions, comparisons and
     * the like end with {@link io.twintrack.engine.Status#PEER_LOST} right after this call.
     */
    void onSessionLost(String reason);

    /** All tries are used up: what clients asked is abandoned right after this call. */
    void onRetriesExhausted(String reason);
}
