package io.twintrack.engine.port;

/** Hears of the peer's coming and going, from within {@link ReplicaLink#doWork(long)}. */
public interface LinkListener {
    /** Both outgoing streams have a listener and both incoming ones a sender. */
    void onLinkUp(long nowNs);

    /**
     * One of them is gone. Frames that are held stay readable until they are released, but nothing new may be started
     * on their memory; frames that were refused are lost.
     */
    void onLinkDown(long nowNs, String reason);
}
