package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.StatusListener;
import org.agrona.MutableDirectBuffer;

/**
 * A pair, as its node's session with the origin sees it: what decides whether the copy here may be changed, and what
 * keeps its record. All calls on the HBA's thread.
 */
public interface PairTarget {
    /**
     * The origin attaches the pair. It may do so more than once in a session; a frame that was sent again is answered
     * without a call.
     *
     * @param theirs what the origin says; valid during the call.
     * @param ours   filled here, but for the name.
     * @return {@link Status#OK}, or why the pair is refused; an earlier attachment in this session holds then.
     */
    Status onAttach(PairReport theirs, PairReport ours);

    /**
     * Called once for an order, however often it was sent.
     *
     * @param done hears once, when all that was ordered is durable or failed; within this call or later. No new session
     *             is opened before.
     */
    void onOrder(SideOrder order, StatusListener done);

    /** @return {@link Status#OK}, or why such a frame is not carried out now. */
    Status accepts(Operation operation);

    /**
     * Looks up which tracks may differ: changed ones, and all of regions that a write may have been under way to.
     *
     * @param fromOffset in bytes of the volume, of the first bit.
     * @param length     bytes to fill, a multiple of 8: 64-bit words, little-endian, the first track in bit 0.
     * @return bytes filled, a multiple of 8. Those behind lie beyond the volume's end and are filled with zeros.
     */
    int marks(long fromOffset, MutableDirectBuffer to, int at, int length);

    /** The disk failed a flush, or a change that should be durable: what it had taken may be gone. */
    void onDiskFailed(Status status);

    /** The session in which the pair was attached is over. Its I/O may still be on its way to disk. */
    void onSessionEnded();
}
