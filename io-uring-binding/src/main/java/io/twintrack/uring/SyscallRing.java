package io.twintrack.uring;

import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stand-in for an {@link IoUring} where the system refuses one: plain system calls behind the same port. Disk
 * operations are done one after the other within {@link #submit()}, which blocks for as long as the disk takes; those
 * on sockets wait for poll(2). Nothing overlaps, so a disk works at depth 1.
 *
 * <p>An operation lives in one of three lists of the same table: queued, waiting (for a socket or a time) and
 * completed. Steady state allocates nothing.
 */
public final class SyscallRing extends SqeRing {
    private static final Logger LOG = LoggerFactory.getLogger(SyscallRing.class);
    private static final int POLLFD_LENGTH = 8;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Syscalls calls;
    private final NativeMemory pollfds;
    private final IntFifo free;
    private final IntFifo queued;
    private final IntFifo completed;
    private final int[] waiting;
    private int waitingCount;
    private long enters;

    private SyscallRing(final int capacity) {
        calls = new Syscalls(capacity);
        pollfds = NativeMemory.map((long) capacity * POLLFD_LENGTH);
        free = new IntFifo(capacity);
        queued = new IntFifo(capacity);
        completed = new IntFifo(capacity);
        waiting = new int[capacity];
        for (int op = 0; op < capacity; op++) {
            free.add(op);
        }
    }

    /** @param reason why there is no io_uring, for the warning. */
    public static SyscallRing open(final IoUringOptions options, final String reason) {
        LOG.warn("no io_uring ({}): plain system calls take its place, one disk operation at a time; " +
            "expect a fraction of the speed under load, and stalls of clients while a disk is slow", reason);
        return new SyscallRing(options.cqEntries());
    }

    @Override
    public int room() {
        return free.size();
    }

    @Override
    public long inFlight() {
        return queued.size() + completed.size() + waitingCount;
    }

    @Override
    void put(
        final int opcode, final long userData, final int fd, final long offset, final long address, final int length,
        final int operationFlags) {
        final int op = free.poll();
        final long place = opcode == Abi.OP_TIMEOUT ? System.nanoTime() + offset : offset;
        calls.put(op, opcode, userData, fd, place, address, length, operationFlags);
        queued.add(op);
    }

    @Override
    public boolean registerBuffer(final long address, final long length) {
        return false;
    }

    @Override
    public void unregisterBuffer(final long address, final long length) {
    }

    @Override
    public boolean registerFile(final int fd) {
        return false;
    }

    @Override
    public void unregisterFile(final int fd) {
    }

    @Override
    public int poll() {
        checkOpen();
        owners.tellRoom();
        final int count = completed.size();
        for (int i = 0; i < count; i++) {
            final int op = completed.poll();
            final long userData = calls.userData(op);
            final int result = calls.result(op);
            free.add(op);
            owners.complete(userData, result, 0);
        }
        return count;
    }

    @Override
    public int submit() {
        checkOpen();
        final int count = queued.size();
        if (count != 0 || waitingCount != 0) {
            enters++;
        }
        for (int i = 0; i < count; i++) {
            start(queued.poll());
        }
        checkWaiting(0);
        return count;
    }

    private void start(final int op) {
        if (calls.opcode(op) == Abi.OP_ASYNC_CANCEL) {
            complete(op, cancelWaiting(calls.address(op)));
        } else if (calls.waitsFirst(op)) {
            waiting[waitingCount++] = op;
        } else {
            attempt(op);
        }
    }

    private void attempt(final int op) {
        final int result = calls.attempt(op);
        if (result == Syscalls.WOULD_BLOCK) {
            waiting[waitingCount++] = op;
        } else {
            complete(op, result);
        }
    }

    private void complete(final int op, final int result) {
        calls.result(op, result);
        completed.add(op);
    }

    private int cancelWaiting(final long userData) {
        for (int i = 0; i < waitingCount; i++) {
            final int op = waiting[i];
            if (calls.userData(op) == userData) {
                System.arraycopy(waiting, i + 1, waiting, i, --waitingCount - i);
                complete(op, -Errno.ECANCELED);
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    @Override
    public boolean await(final long maxNs) {
        submit();
        if (completed.isEmpty() && !owners.wantRoom() && maxNs > 0) {
            checkWaiting(maxNs);
        }
        return !completed.isEmpty() || owners.wantRoom();
    }

    /* struct pollfd: fd s32 (negative: ignored), events s16, revents s16. In the order of the waiting list. */
    private void checkWaiting(final long maxNs) {
        long sleepNs = maxNs;
        final long nowNs = maxNs > 0 ? System.nanoTime() : 0;
        for (int i = 0; i < waitingCount; i++) {
            final int op = waiting[i];
            final long pollfd = pollfds.address() + (long) i * POLLFD_LENGTH;
            UnsafeApi.putInt(pollfd, calls.fd(op));
            UnsafeApi.putInt(pollfd + 4, calls.pollEvents(op) & 0xFFFF);
            if (maxNs > 0 && calls.opcode(op) == Abi.OP_TIMEOUT) {
                sleepNs = Math.min(sleepNs, Math.max(0, calls.offset(op) - nowNs));
            }
        }
        if (waitingCount != 0 || maxNs > 0) {
            Libc.poll(pollfds.address(), waitingCount, (sleepNs + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            resumeReady();
        }
    }

    private void resumeReady() {
        final int count = waitingCount;
        waitingCount = 0;
        for (int i = 0; i < count; i++) {
            final int op = waiting[i];
            final int ready = UnsafeApi.getShort(pollfds.address() + (long) i * POLLFD_LENGTH + 6);
            if (calls.opcode(op) == Abi.OP_TIMEOUT) {
                resumeTimeout(op);
            } else if (ready == 0) {
                waiting[waitingCount++] = op;
            } else if (calls.opcode(op) == Abi.OP_POLL_ADD) {
                complete(op, ready & 0xFFFF);
            } else {
                attempt(op);
            }
        }
    }

    private void resumeTimeout(final int op) {
        if (System.nanoTime() - calls.offset(op) >= 0) {
            complete(op, -Errno.ETIME);
        } else {
            waiting[waitingCount++] = op;
        }
    }

    @Override
    public long enters() {
        return enters;
    }

    @Override
    public long cqOverflows() {
        return 0;
    }

    @Override
    public String describe() {
        return "plain system calls";
    }

    @Override
    void release() {
        queued.clear();
        completed.clear();
        waitingCount = 0;
        pollfds.close();
        calls.close();
    }
}
