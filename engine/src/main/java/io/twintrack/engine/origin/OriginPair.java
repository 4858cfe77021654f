package io.twintrack.engine.origin;

/** What a session tells each pair whose frames it carries. HBA's thread only. */
public interface OriginPair {
    /**
     * Both nodes know each other. The pair attaches next: nothing but questions is sent before.
     *
     * @param hostRestarted the target's host is not in the life any more that the last session saw: what its disks
     *                      held in volatile caches may be gone.
     */
    void onSessionOpened(long nowNs, boolean hostRestarted);

    /**
     * The session is over and another one is being opened. What clients asked waits for it; questions, comparisons and
     * the like end with {@link io.twintrack.engine.Status#PEER_LOST} right after this call.
     */
    void onSessionLost(String reason);

    /** All tries are used up: what clients asked is abandoned right after this call. */
    void onRetriesExhausted(String reason);
}
