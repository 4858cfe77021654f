package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Refused;

/**
 * What a pair lets its requests do now, and what it hears of them. Asked for each request; the answers change only
 * between duty-cycle steps, never while a request is being started. HBA's thread only.
 */
public interface Conduct {
    /** {@link Status#OK} when clients may attach and read, else why not. */
    Status serving();

    /** Which rule {@link #serving()} keeps, and what would be allowed; {@code null} where the status says it all. */
    default Refused servingRefusal() {
        return null;
    }

    /** Why nothing may be changed now, or {@link Status#OK}. */
    Status mutationRefusal();

    /**
     * A durable record about the two sides is being written: what changes bytes is neither started nor answered until
     * {@link RequestFlow#resume()}.
     */
    boolean isHolding();

    /** When a change is answered. */
    Mode mode();

    /** This node's disk takes part. */
    boolean usesDisk();

    /** The target takes part: each change goes to it as well. */
    boolean usesTarget();

    /** Frames of this volume may be sent in the session that is open now. */
    boolean isAttached();

    /** What the target holds of this range is what a client wrote last. */
    boolean isCleanOnTarget(long offset, long length);

    /** @param change 1 for a client that attached, -1 for one that is gone. */
    void onClients(int change);

    /**
     * This node's disk failed a change or a flush. Starts what has to follow, perhaps {@link #isHolding()}.
     *
     * @param flush what the disk had taken before may be gone as well.
     */
    void onDiskFailed(Status status, long offset, boolean flush);

    /** This node's disk could not read a range; the target may. */
    void onReadFailed(Status status, long offset);

    /** The target could not do what it was asked. Starts what has to follow, perhaps {@link #isHolding()}. */
    void onTargetFailed(Status status, long offset);
}
