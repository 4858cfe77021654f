package io.twintrack.engine.resync;

import io.twintrack.engine.volume.RequestListener;

/**
 * What resync and verify ask of a pair's two sides. HBA's thread only. Each operation returns false when it cannot be
 * begun now; else the listener hears exactly once how it ended, while the range lock of the operation is still held.
 * Until then the memory at {@code address} belongs to the operation. Offsets and lengths are in bytes.
 */
public interface PairIo {
    long size();

    /** The longest single operation, a multiple of the track size. */
    int maxTransfer();

    /**
     * Grows with each request of a client that begins or ends: how others tell that clients are busy. It never changes
     * by what this port is asked.
     */
    long clientRequests();

    /** Under the range lock: reads here, writes there; zeros travel as such. */
    boolean copy(long address, int length, long offset, RequestListener listener, long tag);

    /** The same for what differs by hash. */
    boolean compareAndCopy(long address, int length, long offset, RequestListener listener, long tag);

    /** Under the range lock: reads there, writes here. */
    boolean pull(long address, int length, long offset, RequestListener listener, long tag);

    /** Under the range lock: ends OK or {@link io.twintrack.engine.Status#DIFFERENT}. */
    boolean compare(long address, int length, long offset, RequestListener listener, long tag);

    /** Both sides' data disks. */
    boolean flushBoth(RequestListener listener, long tag);
}
