package io.twintrack.node.nbd;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;

/**
 * A volume in memory. Requests complete in a later {@link #doWork}, in an order and after a number of cycles that the
 * test chooses; data moves when they complete. HBA's thread only, but for the volatile switches.
 */
final class MemoryVolume implements Volume {
    private static final int CAPACITY = 256;

    private final String name;
    private final int sectorSize;
    private final int maxTransfer;
    private final UnsafeBuffer memory;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final Operation[] operations = new Operation[CAPACITY];
    private long cycle;

    volatile Status serving = Status.OK;
    /** Cycles that each request takes. */
    volatile int delayCycles;
    /** Nothing completes while this is set. */
    volatile boolean held;
    /** Changes are answered in the first cycle, and their bytes move when they complete. */
    volatile boolean early;
    /** Later requests complete before earlier ones. */
    volatile boolean reversed;
    /** Every n-th request is not taken at first; 0 for none. */
    volatile int refuseEvery;
    /** Requests that touch this offset fail with {@link #failure}. */
    volatile long failOffset = -1;
    volatile Status failure = Status.IO_ERROR;
    /** Failures come from within the call. */
    volatile boolean failsAtOnce;
    volatile int inFlight;
    volatile int writes;
    volatile int durableWrites;
    volatile int flushes;
    volatile int zeroes;
    volatile int deallocations;
    volatile int maxInFlight;
    private int calls;

    MemoryVolume(final String name, final int size, final int sectorSize, final int maxTransfer) {
        this.name = name;
        this.sectorSize = sectorSize;
        this.maxTransfer = maxTransfer;
        memory = new UnsafeBuffer(ByteBuffer.allocateDirect(size));
        for (int i = 0; i < CAPACITY; i++) {
            operations[i] = new Operation();
        }
    }

    UnsafeBuffer memory() {
        return memory;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return memory.capacity();
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public Status serving() {
        return serving;
    }

    @Override
    public int maxTransfer() {
        return maxTransfer;
    }

    @Override
    public boolean read(final long address, final int length, final long offset, final RequestListener listener,
                        final long tag) {
        checkTransfer(address, length, offset);
        return take(Kind.READ, address, length, offset, listener, tag);
    }

    @Override
    public boolean write(final long address, final int length, final long offset, final boolean durable,
                         final RequestListener listener, final long tag) {
        checkTransfer(address, length, offset);
        final boolean taken = take(Kind.WRITE, address, length, offset, listener, tag);
        writes += taken ? 1 : 0;
        durableWrites += taken && durable ? 1 : 0;
        return taken;
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        final boolean taken = take(Kind.FLUSH, 0, 0, 0, listener, tag);
        flushes += taken ? 1 : 0;
        return taken;
    }

    @Override
    public boolean zero(final long offset, final long length, final boolean deallocate, final boolean durable,
                        final RequestListener listener, final long tag) {
        check(offset, length);
        final boolean taken = take(Kind.ZERO, 0, length, offset, listener, tag);
        zeroes += taken ? 1 : 0;
        deallocations += taken && deallocate ? 1 : 0;
        return taken;
    }

    int doWork() {
        cycle++;
        int work = 0;
        final boolean backwards = reversed;
        if (early) {
            work += answerEarly();
        }
        for (int i = 0; !held && inFlight > 0 && i < CAPACITY; i++) {
            final Operation operation = operations[backwards ? CAPACITY - 1 - i : i];
            if (operation.listener != null && cycle > operation.dueCycle) {
                work++;
                complete(operation);
            }
        }
        return work;
    }

    private int answerEarly() {
        int answered = 0;
        for (final Operation operation : operations) {
            if (operation.listener != null && operation.kind != Kind.READ && !operation.answered
                && !fails(operation.offset, operation.length)) {
                operation.answered = operation.listener.onAnswered(operation.tag);
                answered++;
            }
        }
        return answered;
    }

    private boolean take(final Kind kind, final long address, final long length, final long offset,
                         final RequestListener listener, final long tag) {
        if (refuseEvery > 0 && ++calls % refuseEvery == 0 || inFlight == CAPACITY) {
            return false;
        }
        if (failsAtOnce && fails(offset, length)) {
            listener.onComplete(tag, failure);
            return true;
        }
        for (final Operation operation : operations) {
            if (operation.listener == null) {
                operation.set(kind, address, length, offset, listener, tag, cycle + delayCycles);
                inFlight++;
                maxInFlight = Math.max(maxInFlight, inFlight);
                return true;
            }
        }
        throw new IllegalStateException("no free operation");
    }

    private void complete(final Operation operation) {
        final RequestListener listener = operation.listener;
        operation.listener = null;
        inFlight--;
        Status status = Status.OK;
        if (operation.kind != Kind.FLUSH && fails(operation.offset, operation.length)) {
            status = failure;
        } else {
            move(operation);
        }
        if (operation.answered) {
            listener.onReleased(operation.tag, status);
        } else {
            listener.onComplete(operation.tag, status);
        }
    }

    private boolean fails(final long offset, final long length) {
        return failOffset >= offset && failOffset < offset + length;
    }

    private void move(final Operation operation) {
        if (operation.kind == Kind.ZERO) {
            memory.setMemory((int) operation.offset, (int) operation.length, (byte) 0);
        } else if (operation.kind != Kind.FLUSH) {
            view.wrap(operation.address, (int) operation.length);
            if (operation.kind == Kind.READ) {
                memory.getBytes((int) operation.offset, view, 0, (int) operation.length);
            } else {
                memory.putBytes((int) operation.offset, view, 0, (int) operation.length);
            }
        }
    }

    private void checkTransfer(final long address, final int length, final long offset) {
        check(offset, length);
        if ((address & 511) != 0 || length > maxTransfer) {
            throw new AssertionError("address " + address + " length " + length);
        }
    }

    private void check(final long offset, final long length) {
        if (length <= 0 || ((offset | length) & sectorSize - 1) != 0 || offset < 0 || offset + length > size()) {
            throw new AssertionError("offset " + offset + " length " + length);
        }
    }

    private enum Kind {
        READ, WRITE, FLUSH, ZERO
    }

    private static final class Operation {
        Kind kind;
        long address;
        long length;
        long offset;
        RequestListener listener;
        long tag;
        long dueCycle;
        boolean answered;

        void set(final Kind kind, final long address, final long length, final long offset,
                 final RequestListener listener, final long tag, final long dueCycle) {
            this.kind = kind;
            this.address = address;
            this.length = length;
            this.offset = offset;
            this.listener = listener;
            this.tag = tag;
            this.dueCycle = dueCycle;
            answered = false;
        }
    }
}
