package io.twintrack.uring;

import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Ring} that is an io_uring (io_uring(7)). Operations are written to shared memory; {@link #submit()} enters the
 * kernel once for all of them, and only when some wait or when the kernel asks for it (SQ_TASKRUN: completions wait for
 * our thread; SQ_CQ_OVERFLOW: they did not fit). {@link #poll()} never enters it.
 *
 * <p>Reads and writes use a fixed buffer and a fixed file by themselves where their memory and descriptor are
 * registered. Steady state allocates nothing.
 */
public final class IoUring implements Ring {
    private static final Logger LOG = LoggerFactory.getLogger(IoUring.class);
    private static final int ARGUMENT_LENGTH = 64;
    /* struct io_uring_getevents_arg: sigmask u64, sigmask_sz u32, pad u32, ts u64. */
    private static final int WAIT_LENGTH = 24;
    private static final int TIMESPEC_LENGTH = 16;
    private static final long NANOS = 1_000_000_000L;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int LAST_WAITS = 50;
    private static final long LAST_WAIT_NS = 100_000_000;

    private final RingMemory ring;
    private final SubmissionQueue sq;
    private final CompletionQueue cq;
    private final Owners owners = new Owners();
    private final FixedBuffers buffers;
    private final FixedFiles files;
    private final NativeMemory memory;
    private final long waitArgument;
    private final long waitTimespec;
    private final long timespecs;
    private long inFlight;
    private long enters;
    private long sqFull;
    private long cqOverflows;
    private boolean closed;

    private IoUring(final RingMemory ring, final IoUringOptions options) {
        this.ring = ring;
        sq = ring.sq;
        cq = ring.cq;
        memory = NativeMemory.map(2 * ARGUMENT_LENGTH + (long) sq.capacity() * TIMESPEC_LENGTH);
        waitArgument = memory.address() + ARGUMENT_LENGTH;
        waitTimespec = waitArgument + WAIT_LENGTH;
        timespecs = memory.address() + 2 * ARGUMENT_LENGTH;
        buffers = new FixedBuffers(ring.fd, memory.address(), options.bufferSlots());
        files = new FixedFiles(ring.fd, memory.address(), options.fileSlots());
    }

    /**
     * The ring belongs to the calling thread: the kernel refuses any other (EEXIST).
     *
     * @throws IoUringUnavailable when the system gives none.
     */
    public static IoUring open(final IoUringOptions options) throws IoUringUnavailable {
        if (options.refuse() != null) {
            throw new IoUringUnavailable(options.refuse(), 0);
        }
        return new IoUring(RingMemory.open(options), options);
    }

    @Override
    public int register(final CompletionHandler handler) {
        return owners.register(handler);
    }

    @Override
    public void callWhenRoom(final int owner) {
        owners.callWhenRoom(owner);
    }

    @Override
    public int room() {
        return sq.room();
    }

    @Override
    public long inFlight() {
        return inFlight;
    }

    private boolean queue(
        final int opcode,
        final int owner,
        final long token,
        final int fd,
        final long offset,
        final long address,
        final int length,
        final int operationFlags,
        final int bufferIndex) {
        final long userData = Owners.userData(owner, token);
        if (sq.room() == 0) {
            sqFull++;
            return false;
        }
        final int file = files.find(fd);
        final boolean fixed = file != FixedFiles.NONE;
        sq.put(
            opcode,
            fixed ? Abi.SQE_FIXED_FILE : 0,
            fixed ? file : fd,
            offset,
            address,
            length,
            operationFlags,
            userData,
            bufferIndex);
        inFlight++;
        return true;
    }

    @Override
    public boolean nop(final int owner, final long token) {
        return queue(Abi.OP_NOP, owner, token, -1, 0, 0, 0, 0, 0);
    }

    @Override
    public boolean read(
        final int owner, final long token, final int fd, final long address, final int length, final long offset,
        final int rwFlags) {
        final int buffer = buffers.find(address, length);
        return buffer == FixedBuffers.NONE ?
            queue(Abi.OP_READ, owner, token, fd, offset, address, length, rwFlags, 0) :
            queue(Abi.OP_READ_FIXED, owner, token, fd, offset, address, length, rwFlags, buffer);
    }

    @Override
    public boolean write(
        final int owner, final long token, final int fd, final long address, final int length, final long offset,
        final int rwFlags) {
        final int buffer = buffers.find(address, length);
        return buffer == FixedBuffers.NONE ?
            queue(Abi.OP_WRITE, owner, token, fd, offset, address, length, rwFlags, 0) :
            queue(Abi.OP_WRITE_FIXED, owner, token, fd, offset, address, length, rwFlags, buffer);
    }

    @Override
    public boolean readv(
        final int owner, final long token, final int fd, final long iovecs, final int count, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_READV, owner, token, fd, offset, iovecs, count, rwFlags, 0);
    }

    @Override
    public boolean writev(
        final int owner, final long token, final int fd, final long iovecs, final int count, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_WRITEV, owner, token, fd, offset, iovecs, count, rwFlags, 0);
    }

    @Override
    public boolean fsync(final int owner, final long token, final int fd, final boolean dataOnly) {
        return queue(Abi.OP_FSYNC, owner, token, fd, 0, 0, 0, dataOnly ? Abi.FSYNC_DATASYNC : 0, 0);
    }

    @Override
    public boolean fallocate(
        final int owner, final long token, final int fd, final int mode, final long offset, final long length) {
        return queue(Abi.OP_FALLOCATE, owner, token, fd, offset, length, mode, 0, 0);
    }

    @Override
    public boolean accept(final int owner, final long token, final int fd) {
        return queue(Abi.OP_ACCEPT, owner, token, fd, 0, 0, 0, SOCK_CLOEXEC, 0);
    }

    @Override
    public boolean connect(
        final int owner, final long token, final int fd, final long sockaddr, final int sockaddrLength) {
        return queue(Abi.OP_CONNECT, owner, token, fd, sockaddrLength, sockaddr, 0, 0, 0);
    }

    @Override
    public boolean recv(
        final int owner, final long token, final int fd, final long address, final int length, final int flags) {
        return queue(Abi.OP_RECV, owner, token, fd, 0, address, length, flags, 0);
    }

    @Override
    public boolean send(
        final int owner, final long token, final int fd, final long address, final int length, final int flags) {
        return queue(Abi.OP_SEND, owner, token, fd, 0, address, length, flags | Sockets.MSG_NOSIGNAL, 0);
    }

    @Override
    public boolean recvmsg(final int owner, final long token, final int fd, final long msghdr, final int flags) {
        return queue(Abi.OP_RECVMSG, owner, token, fd, 0, msghdr, 1, flags, 0);
    }

    @Override
    public boolean sendmsg(final int owner, final long token, final int fd, final long msghdr, final int flags) {
        return queue(Abi.OP_SENDMSG, owner, token, fd, 0, msghdr, 1, flags | Sockets.MSG_NOSIGNAL, 0);
    }

    @Override
    public boolean pollAdd(final int owner, final long token, final int fd, final int events) {
        return queue(Abi.OP_POLL_ADD, owner, token, fd, 0, 0, 0, events, 0);
    }

    @Override
    public boolean close(final int owner, final long token, final int fd) {
        files.unregister(fd);
        return queue(Abi.OP_CLOSE, owner, token, fd, 0, 0, 0, 0, 0);
    }

    @Override
    public boolean timeout(final int owner, final long token, final long durationNs) {
        final long timespec = timespecs + (long) sq.nextIndex() * TIMESPEC_LENGTH;
        final boolean queued = queue(Abi.OP_TIMEOUT, owner, token, -1, 0, timespec, 1, 0, 0);
        if (queued) {
            putTimespec(timespec, durationNs);
        }
        return queued;
    }

    private static void putTimespec(final long address, final long durationNs) {
        UnsafeApi.putLong(address, durationNs / NANOS);
        UnsafeApi.putLong(address + 8, durationNs % NANOS);
    }

    @Override
    public boolean cancel(final int owner, final long token, final int targetOwner, final long targetToken) {
        final long target = Owners.userData(targetOwner, targetToken);
        return queue(Abi.OP_ASYNC_CANCEL, owner, token, -1, 0, target, 0, 0, 0);
    }

    @Override
    public boolean registerBuffer(final long address, final long length) {
        return buffers.register(address, length);
    }

    @Override
    public void unregisterBuffer(final long address, final long length) {
        buffers.unregister(address, length);
    }

    @Override
    public boolean registerFile(final int fd) {
        return files.register(fd);
    }

    @Override
    public void unregisterFile(final int fd) {
        files.unregister(fd);
    }

    @Override
    public int poll() {
        owners.tellRoom();
        final int count = cq.waiting();
        for (int i = 0; i < count; i++) {
            final long userData = cq.userData();
            final int result = cq.result();
            final int flags = cq.flags();
            cq.advance();
            if ((flags & Abi.CQE_MORE) == 0) {
                inFlight--;
            }
            owners.complete(userData, result, flags);
        }
        return count;
    }

    @Override
    public int submit() {
        final int waiting = sq.publish();
        final int flags = sq.flags();
        if (waiting == 0 && (flags & (Abi.SQ_TASKRUN | Abi.SQ_CQ_OVERFLOW)) == 0) {
            return 0;
        }
        noteOverflow(flags);
        return enter(waiting, 0, Abi.ENTER_GETEVENTS, 0, 0);
    }

    @Override
    public boolean await(final long maxNs) {
        if (maxNs <= 0 || cq.waiting() != 0) {
            submit();
        } else {
            final int waiting = sq.publish();
            noteOverflow(sq.flags());
            putTimespec(waitTimespec, maxNs);
            UnsafeApi.putLong(waitArgument + 16, waitTimespec);
            enter(waiting, 1, Abi.ENTER_GETEVENTS | Abi.ENTER_EXT_ARG, waitArgument, WAIT_LENGTH);
        }
        return cq.waiting() != 0;
    }

    private void noteOverflow(final int flags) {
        if ((flags & Abi.SQ_CQ_OVERFLOW) != 0) {
            cqOverflows++;
        }
    }

    /** What was not taken (EAGAIN: no memory, EBUSY: completions first, EINTR) waits for the next cycle. */
    private int enter(final int count, final int minComplete, final int flags, final long argument, final int length) {
        enters++;
        final int result = (int) Libc.syscall(Abi.SYS_ENTER, ring.fd, count, minComplete, flags, argument, length);
        if (result >= 0) {
            return result;
        }
        final int errno = Libc.errno();
        return switch (errno) {
            case Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.ETIME -> 0;
            default -> throw new IllegalStateException("io_uring_enter: " + Errno.text(errno));
        };
    }

    @Override
    public long enters() {
        return enters;
    }

    @Override
    public long sqFull() {
        return sqFull;
    }

    @Override
    public long cqOverflows() {
        return cqOverflows;
    }

    /** IORING_SETUP_* that the kernel granted. */
    int setupFlags() {
        return ring.flags;
    }

    @Override
    public String describe() {
        return "io_uring, " + sq.capacity() + " entries, " +
            ((ring.flags & Abi.SETUP_DEFER_TASKRUN) != 0 ? "deferred task work" :
                (ring.flags & Abi.SETUP_COOP_TASKRUN) != 0 ? "cooperative task work" : "plain");
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        drain();
        ring.close();
        memory.close();
    }

    private void drain() {
        sq.publish();
        for (int i = 0; inFlight > 0 && i < LAST_WAITS; i++) {
            if (sq.room() > 0) {
                queue(Abi.OP_ASYNC_CANCEL, 0, 0, -1, 0, 0, 0, Abi.CANCEL_ALL | Abi.CANCEL_ANY, 0);
            }
            await(LAST_WAIT_NS);
            for (int waiting = cq.waiting(); waiting > 0; waiting--) {
                inFlight -= (cq.flags() & Abi.CQE_MORE) == 0 ? 1 : 0;
                cq.advance();
            }
        }
        if (inFlight > 0) {
            LOG.warn("io_uring closes with {} operations that the kernel did not end", inFlight);
        }
    }
}
