package io.twintrack.engine.port;

/**
 * A disk, or what looks like one: an array of sectors that is read and written asynchronously.
 *
 * <p>Every operation names a token (0 to 2^48 - 1) that comes back with its completion. The memory that an address
 * points to stays valid and, for writes, unchanged until then. Completions may arrive in any order; the device keeps
 * no order between operations that overlap, that is the caller's duty. Short transfers are continued by the device:
 * a completion speaks for the whole length.
 *
 * <p>An operation that returns {@code false} was not started and gets no completion: the device's queue is full, try
 * again after a completion. An operation that is started always completes, with an error if need be.
 *
 * <p>Threading: all calls and completions happen on the HBA's thread. A listener is never called from within a call
 * to the device, only from {@link IoQueue#poll()}.
 */
public interface BlockDevice extends AutoCloseable {

    /** Completions go here from now on. Set once, before the first operation. */
    void listener(BlockListener listener);

    /** In bytes, a multiple of {@link #sectorSize()}. */
    long size();

    /** In bytes, a power of two from 512 to 4096: offsets and lengths are multiples of it. */
    int sectorSize();

    /** In bytes, a power of two: addresses are multiples of it. */
    int memoryAlignment();

    boolean read(long token, long address, int length, long offset);

    /** @param durable the write is on stable storage when it completes (FUA). */
    boolean write(long token, long address, int length, long offset, boolean durable);

    /** Everything that completed before this call is on stable storage when it completes with OK. */
    boolean flush(long token);

    /**
     * The range reads as zeros when it completes: where the device has no such command, zeros are written.
     *
     * @param length     in bytes, may be larger than an int.
     * @param deallocate the device may give the room back.
     */
    boolean zero(long token, long offset, long length, boolean deallocate);

    /** What it is, for people: a path and what stands behind it. */
    String describe();

    /** Gives up the device. The caller has waited for all completions. */
    @Override
    void close();
}
