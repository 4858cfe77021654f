package io.twintrack.uring;

import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.port.SharedMemory;

/**
 * Asynchronous system calls of one HBA: an {@link IoUring}, or where the system refuses one a {@link SyscallRing}.
 *
 * <p>Every operation names its owner (from {@link #register}) and a token of 0 to 2^48 - 1, which come back with the
 * completion. It returns {@code false} when the submission queue is full: it was not queued and gets no completion; the
 * queue has room again after {@link #submit()}. The memory that an operation points to stays valid until it completed,
 * that of a message header, an iovec and a socket address included. Transfers may be short, as with the system call.
 *
 * <p>A duty cycle calls {@link #poll()} first and {@link #submit()} or {@link #await(long)} last, and enters the kernel
 * at most once, in the latter: what the kernel has to say is delivered by the poll of the next cycle.
 *
 * <p>Threading: all calls happen on the thread that opened the ring; handlers are called on it from within poll only.
 */
public interface Ring extends IoQueue, SharedMemory, AutoCloseable {

    /**
     * An io_uring, or where the kernel refuses one its stand-in, with a warning that says why and what it costs.
     *
     * @return an open ring that belongs to the calling thread.
     */
    static Ring open(final IoUringOptions options) {
        try {
            return IoUring.open(options);
        } catch (final IoUringUnavailable ex) {
            return SyscallRing.open(options, ex.getMessage());
        }
    }

    /** @return the owner that names this handler. */
    int register(CompletionHandler handler);

    /** The owner's {@link CompletionHandler#onRoom()} is called once, from the next poll with room in the queue. */
    void callWhenRoom(int owner);

    /** How many operations can still be queued before {@link #submit()}. */
    int room();

    /** Operations queued or started whose completion was not delivered yet. */
    long inFlight();

    /** Completes with 0. */
    boolean nop(int owner, long token);

    /** Of a file or block device. @param rwFlags RWF_* of preadv2(2). */
    boolean read(int owner, long token, int fd, long address, int length, long offset, int rwFlags);

    /** @param rwFlags RWF_* of pwritev2(2). */
    boolean write(int owner, long token, int fd, long address, int length, long offset, int rwFlags);

    boolean readv(int owner, long token, int fd, long iovecs, int count, long offset, int rwFlags);

    boolean writev(int owner, long token, int fd, long iovecs, int count, long offset, int rwFlags);

    boolean fsync(int owner, long token, int fd, boolean dataOnly);

    boolean fallocate(int owner, long token, int fd, int mode, long offset, long length);

    /** Completes with the descriptor of a connection, close-on-exec. */
    boolean accept(int owner, long token, int fd);

    boolean connect(int owner, long token, int fd, long sockaddr, int sockaddrLength);

    /** @param flags MSG_*; with {@link Sockets#MSG_WAITALL} short only at the end of the stream or on an error. */
    boolean recv(int owner, long token, int fd, long address, int length, int flags);

    /** @param flags MSG_*; with {@link Sockets#MSG_WAITALL} short only on an error. Never raises SIGPIPE. */
    boolean send(int owner, long token, int fd, long address, int length, int flags);

    boolean recvmsg(int owner, long token, int fd, long msghdr, int flags);

    boolean sendmsg(int owner, long token, int fd, long msghdr, int flags);

    /** One shot. Completes with the events that are ready. @param events POLLIN and others of poll(2). */
    boolean pollAdd(int owner, long token, int fd, int events);

    boolean close(int owner, long token, int fd);

    /** Completes with -ETIME after this many nanoseconds. */
    boolean timeout(int owner, long token, long durationNs);

    /**
     * Asks for an early end of one operation. Completes with 0 (found; it completes with -ECANCELED, as a rule),
     * -ENOENT (none such) or -EALREADY (it is running and cannot be stopped).
     */
    boolean cancel(int owner, long token, int targetOwner, long targetToken);

    /**
     * Reads and writes that lie within this memory skip the pinning of its pages from now on. Where the system refuses
     * (locked-memory limit, kind of memory) they work as before, and one warning says so.
     *
     * @return whether all of it was registered.
     */
    boolean registerBuffer(long address, long length);

    /** Before the memory goes away and after the last operation on it completed. */
    void unregisterBuffer(long address, long length);

    /** Operations on this descriptor skip the look-up in the process's table from now on, where the system can. */
    boolean registerFile(int fd);

    /** Before the descriptor is closed and after the last operation on it completed. */
    void unregisterFile(int fd);

    /**
     * {@link #submit()}, then sleeps until a completion can be polled or the time has passed.
     *
     * @param maxNs in nanoseconds; 0 does not sleep.
     * @return whether completions wait to be polled. A signal may end the sleep early.
     */
    boolean await(long maxNs);

    /** How often the kernel was entered by {@link #submit()} and {@link #await(long)}. */
    long enters();

    /** How often an operation found the submission queue full. */
    long sqFull();

    /** How often the completion queue was found overflown; the kernel keeps what did not fit, nothing is lost. */
    long cqOverflows();

    /** What it is, for people. */
    String describe();

    @Override
    default void onMapped(final long address, final long length) {
        registerBuffer(address, length);
    }

    @Override
    default void onUnmapping(final long address, final long length) {
        unregisterBuffer(address, length);
    }

    /**
     * Cancels what is in flight and waits for it, at most 5 s; its completions are not delivered. What was not
     * submitted is never done.
     */
    @Override
    void close();
}
