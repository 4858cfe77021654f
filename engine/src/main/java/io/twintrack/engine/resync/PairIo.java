package io.twintrack.engine.resync;

import io.twintrack.engine.volume.RequestListener;

/** What resync and verify ask of a pair's two sides. Each returns false when it cannot be begun now. */
public interface PairIo {
    long size();

    int maxTransfer();

    /** Under the range lock: reads here, writes there. */
    boolean copy(long address, int length, long offset, RequestListener listener, long tag);

    /** The same for what differs by hash. */
    boolean compareAndCopy(long address, int length, long offset, RequestListener listener, long tag);

    /** Under the range lock: reads there, writes here. */
    boolean pull(long address, int length, long offset, RequestListener listener, long tag);

    /** Under the range lock: ends OK or {@link io.twintrack.engine.Status#DIFFERENT}. */
    boolean compare(long address, int length, long offset, RequestListener listener, long tag);

    boolean flushBoth(RequestListener listener, long tag);
}
