package io.twintrack.engine.volume;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Refused;

/**
 * A logical block range that clients read and write, by slot-sized requests. HBA's thread only.
 *
 * <p>An operation that returns {@code false} was not taken, because all requests are in use: try again after a
 * completion. Otherwise the listener hears exactly once how it ended, possibly before the call returns (when it is
 * refused at once). Until then the memory at {@code address} belongs to the engine, also while a request is answered
 * early, see {@link RequestListener#onAnswered}.
 */
public interface Volume {
    String name();

    /** In bytes. */
    long size();

    /** Offsets and lengths are multiples of it, in bytes. */
    int sectorSize();

    /** {@link Status#OK} when clients may attach, else the reason why not. */
    Status serving();

    /** @return why clients may not attach and what would be allowed; {@code null} where the status says it all. */
    default Refused servingRefusal() {
        return null;
    }

    /** Changes are refused now: a redundant copy that is read for a backup. */
    default boolean isReadOnly() {
        return false;
    }

    /** Longest read or write in bytes, the length of a slot. Zeroing has no such limit. */
    int maxTransfer();

    /** A client attached: it may have what it read or wrote in caches of its own. */
    default void onClientAttached() {
    }

    /** It is gone, and nothing of it is on its way. */
    default void onClientGone() {
    }

    boolean read(long address, int length, long offset, RequestListener listener, long tag);

    /** @param durable completes when both sides have it on stable storage (FUA). */
    boolean write(long address, int length, long offset, boolean durable, RequestListener listener, long tag);

    /** Every write that completed before is on stable storage of both sides when it completes. */
    boolean flush(RequestListener listener, long tag);

    /** The range reads as zeros afterwards, on both sides. @param deallocate give the room back (TRIM). */
    boolean zero(long offset, long length, boolean deallocate, boolean durable, RequestListener listener, long tag);
}
