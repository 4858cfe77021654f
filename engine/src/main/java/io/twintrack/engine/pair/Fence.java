package io.twintrack.engine.pair;

/**
 * Keeps the peer from serving before this side answers its first write alone. HBA's thread; it must not block.
 */
public interface Fence {
    /** For a node that fences nobody: every peer counts as fenced. */
    Fence NONE = (pair, listener) -> listener.onFenced(true, "no fence is configured");

    /** @param listener hears the result once, on the HBA's thread, maybe before this call returns. */
    void fence(String pair, Listener listener);

    /** Hears how it went. */
    @FunctionalInterface
    interface Listener {
        /** @param fenced the peer cannot serve. @param reason in one sentence. */
        void onFenced(boolean fenced, String reason);
    }
}
