package io.twintrack.engine.port;

import org.agrona.MutableDirectBuffer;

/**
 * The sending end of one stream to the peer. A frame is claimed, filled where it lies and committed, with nothing in
 * between: one claim is open at a time. HBA's thread only.
 */
public interface FrameChannel {
    int CLAIMED = 0;
    /** The window or the buffer is full: try again in a later cycle. */
    int BACK_PRESSURED = -1;
    /** Nobody listens now; {@link LinkListener} tells when that changes. */
    int NOT_CONNECTED = -2;

    /** Longest frame in bytes, header area included. */
    int maxFrameLength();

    /**
     * Bytes from the start of a frame to its payload: {@link ReplicaLink#ALIGNED_HEADER} where frames are large enough
     * that payloads lie on sector boundaries of the peer's memory, else {@link ReplicaLink#COMPACT_HEADER}.
     */
    int headerLength();

    /** @return {@link #CLAIMED}, {@link #BACK_PRESSURED} or {@link #NOT_CONNECTED}. */
    int claim(int length);

    /** The claimed frame lies in this buffer from {@link #offset()} on. Its bytes are not zeroed. */
    MutableDirectBuffer buffer();

    int offset();

    void commit();

    void abort();
}
