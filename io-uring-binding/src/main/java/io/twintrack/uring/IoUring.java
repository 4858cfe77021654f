package io.twintrack.uring;

import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Ring} that is an io_uring (io_uring(7)). Operations are written to shared memory; {@link #submit()} enters
 * the kernel once for all of them, and only when some wait or when the kernel asks for it (SQ_TASKRUN: completions wait
 * for our thread; SQ_CQ_OVERFLOW: they did not fit). {@link #poll()} never enters it.
 *
 * <p>Reads and writes use a fixed buffer and a fixed file by themselves where their memory and descriptor are
 * registered. Steady state allocates nothing.
 */
public final class IoUring extends SqeRing {
    private static final Logger LOG = LoggerFactory.getLogger(IoUring.class);
    private static final int ARGUMENT_LENGTH = 64;
    /* struct io_uring_getevents_arg: sigmask u64, sigmask_sz u32, pad u32, ts u64. */
    private static final int WAIT_LENGTH = 24;
    private static final int TIMESPEC_LENGTH = 16;
    private static final long NANOS = 1_000_000_000L;
    private static final int LAST_WAITS = 50;
    private static final long LAST_WAIT_NS = 100_000_000;

    private final RingMemory ring;
    private final SubmissionQueue sq;
    private final CompletionQueue cq;
    private final FixedBuffers buffers;
    private final FixedFiles files;
    private final NativeMemory memory;
    private final long waitArgument;
    private final long waitTimespec;
    private final long timespecs;
    private long inFlight;
    private long enters;
    private long cqOverflows;

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
    public int room() {
        checkOpen();
        return sq.room();
    }

    @Override
    public long inFlight() {
        return inFlight;
    }

    @Override
    void put(
        final int opcode, final long userData, final int fd, final long offset, final long address, final int length,
        final int operationFlags) {
        inFlight++;
        switch (opcode) {
            case Abi.OP_READ, Abi.OP_WRITE ->
                putTransfer(opcode, userData, fd, offset, address, length, operationFlags);
            case Abi.OP_TIMEOUT -> putTimeout(userData, offset);
            default -> putEntry(opcode, userData, fd, offset, address, length, operationFlags, 0);
        }
    }

    private void putTransfer(
        final int opcode, final long userData, final int fd, final long offset, final long address, final int length,
        final int operationFlags) {
        final int buffer = buffers.find(address, length);
        if (buffer == FixedBuffers.NONE) {
            putEntry(opcode, userData, fd, offset, address, length, operationFlags, 0);
        } else {
            final int fixed = opcode == Abi.OP_READ ? Abi.OP_READ_FIXED : Abi.OP_WRITE_FIXED;
            putEntry(fixed, userData, fd, offset, address, length, operationFlags, buffer);
        }
    }

    /** The kernel reads the time when it takes the entry (IORING_FEAT_SUBMIT_STABLE), so each entry has one place. */
    private void putTimeout(final long userData, final long durationNs) {
        final long timespec = timespecs + (long) sq.nextIndex() * TIMESPEC_LENGTH;
        putTimespec(timespec, durationNs);
        putEntry(Abi.OP_TIMEOUT, userData, -1, 0, timespec, 1, 0, 0);
    }

    private static void putTimespec(final long address, final long durationNs) {
        UnsafeApi.putLong(address, durationNs / NANOS);
        UnsafeApi.putLong(address + 8, durationNs % NANOS);
    }

    private void putEntry(
        final int opcode, final long userData, final int fd, final long offset, final long address, final int length,
        final int operationFlags, final int buffer) {
        final int file = files.find(fd);
        if (file == FixedFiles.NONE) {
            sq.put(opcode, 0, fd, offset, address, length, operationFlags, userData, buffer);
        } else {
            sq.put(opcode, Abi.SQE_FIXED_FILE, file, offset, address, length, operationFlags, userData, buffer);
        }
    }

    @Override
    public boolean registerBuffer(final long address, final long length) {
        checkOpen();
        return buffers.register(address, length);
    }

    @Override
    public void unregisterBuffer(final long address, final long length) {
        if (!isClosed()) {
            buffers.unregister(address, length);
        }
    }

    @Override
    public boolean registerFile(final int fd) {
        checkOpen();
        return files.register(fd);
    }

    @Override
    public void unregisterFile(final int fd) {
        if (!isClosed()) {
            files.unregister(fd);
        }
    }

    @Override
    public int poll() {
        checkOpen();
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
        checkOpen();
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
        checkOpen();
        if (maxNs <= 0 || cq.waiting() != 0 || owners.wantRoom()) {
            submit();
        } else {
            sleep(maxNs);
        }
        return cq.waiting() != 0 || owners.wantRoom();
    }

    private void sleep(final long maxNs) {
        final int waiting = sq.publish();
        noteOverflow(sq.flags());
        putTimespec(waitTimespec, maxNs);
        UnsafeApi.putLong(waitArgument + 16, waitTimespec);
        enter(waiting, 1, Abi.ENTER_GETEVENTS | Abi.ENTER_EXT_ARG, waitArgument, WAIT_LENGTH);
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
    void release() {
        try {
            drain();
        } finally {
            ring.close();
            memory.close();
        }
    }

    /** What the kernel has not seen yet is never done. */
    private void drain() {
        inFlight -= sq.discard();
        for (int i = 0; inFlight > 0 && i < LAST_WAITS; i++) {
            if (sq.room() > 0) {
                put(Abi.OP_ASYNC_CANCEL, 0, -1, 0, 0, 0, Abi.CANCEL_ALL | Abi.CANCEL_ANY);
            }
            sleep(LAST_WAIT_NS);
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
