package io.twintrack.engine.port;

/**
 * The wire to one peer: a data stream and a reply stream in each direction. Frames arrive in order, whole and at most
 * once while the link is up; when it goes down any number of the last ones may be lost. HBA's thread only.
 */
public interface ReplicaLink extends AutoCloseable {
    /** Header area of the aligned layout: with Aeron's own 32 bytes a payload starts at a multiple of 512. */
    int ALIGNED_HEADER = 480;
    /** Header area of the compact layout. */
    int COMPACT_HEADER = 128;

    void listener(LinkListener listener);

    boolean isUp();

    FrameChannel frames();

    FrameChannel replies();

    /** Offers inbound frames of the data stream. @return how many were taken. */
    int pollFrames(FrameHandler handler, int limit);

    /** Offers inbound frames of the reply stream; they are never held. @return how many were taken. */
    int pollReplies(FrameHandler handler, int limit);

    /** The memory of a held frame is no longer needed. Any order; tokens from before a link loss too. */
    void release(long token);

    /** Moves datagrams, keeps time-outs, reports changes. @return an amount of work; 0 means idle. */
    int doWork(long nowNs);

    /** Gives up the link. The caller has released every token. */
    @Override
    void close();
}
