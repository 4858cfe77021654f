package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import io.twintrack.engine.port.IoQueue;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * A disk of plain memory, for measuring what the engine itself costs and for tests: nothing survives the process. It
 * is its own {@link IoQueue}. An operation is done, in the order of arrival, by the poll that completes it, so that
 * memory which changes too early shows. The memory itself is the "stable storage" of flush and durable writes.
 *
 * <p>Operations that do not lie within the disk complete with {@link Status#OUT_OF_RANGE}, those that are not aligned
 * with {@link Status#INVALID}. HBA's thread only; allocates nothing after construction.
 */
public final class MemoryBlockDevice implements BlockDevice, IoQueue {
    private static final byte READ = 1;
    private static final byte WRITE = 2;
    private static final byte FLUSH = 3;
    private static final byte ZERO = 4;

    private final long allocated;
    private final long base;
    private final long size;
    private final int sectorSize;
    private final int memoryAlignment;

    // A ring of operations: head is the next to complete, tail the next to be taken. Both only grow.
    private final int mask;
    private final int queueDepth;
    private final byte[] operations;
    private final long[] tokens;
    private final long[] addresses;
    private final long[] offsets;
    private final long[] lengths;
    private long head;
    private long tail;
    private long submitted;

    private BlockListener listener;
    private boolean closed;

    /**
     * @param size            in bytes, a multiple of the sector size. Reads as zeros at first.
     * @param sectorSize      in bytes, a power of two from 512 to 4096.
     * @param memoryAlignment in bytes, a power of two; data at other addresses is refused as a real disk would.
     * @param queueDepth      operations taken at once, at least 1.
     */
    public MemoryBlockDevice(final long size, final int sectorSize, final int memoryAlignment, final int queueDepth) {
        if (sectorSize < 512 || sectorSize > 4096 || !BitUtil.isPowerOfTwo(sectorSize)) {
            throw new IllegalArgumentException("sector size " + sectorSize + " is not a power of two, 512 to 4096");
        }
        if (size <= 0 || size % sectorSize != 0) {
            throw new IllegalArgumentException("size " + size + " is not a multiple of sector size " + sectorSize);
        }
        if (!BitUtil.isPowerOfTwo(memoryAlignment)) {
            throw new IllegalArgumentException("memory alignment " + memoryAlignment + " is not a power of two");
        }
        if (queueDepth < 1 || queueDepth > 1 << 20) {
            throw new IllegalArgumentException("queue depth " + queueDepth + " is not within 1 to 1048576");
        }
        this.size = size;
        this.sectorSize = sectorSize;
        this.memoryAlignment = memoryAlignment;
        this.queueDepth = queueDepth;
        final int capacity = BitUtil.findNextPositivePowerOfTwo(queueDepth);
        mask = capacity - 1;
        operations = new byte[capacity];
        tokens = new long[capacity];
        addresses = new long[capacity];
        offsets = new long[capacity];
        lengths = new long[capacity];
        allocated = UnsafeApi.allocateMemory(size + 4096);
        base = BitUtil.align(allocated, 4096);
        UnsafeApi.setMemory(base, size, (byte) 0);
    }

    @Override
    public void listener(final BlockListener listener) {
        this.listener = listener;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public int memoryAlignment() {
        return memoryAlignment;
    }

    /** Of the disk's first byte, for those who compare. */
    public long address() {
        return base;
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return take(READ, token, address, length, offset);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        return take(WRITE, token, address, length, offset);
    }

    @Override
    public boolean flush(final long token) {
        return take(FLUSH, token, 0, 0, 0);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        return take(ZERO, token, 0, length, offset);
    }

    /** Completes what was taken before the call; what a listener starts from within it waits for the next. */
    @Override
    public int poll() {
        final long limit = tail;
        final int count = (int) (limit - head);
        while (head != limit) {
            final int index = (int) head & mask;
            final long token = tokens[index];
            final Status status = perform(index);
            head++;
            listener.onBlockComplete(token, status);
        }
        return count;
    }

    @Override
    public int submit() {
        final int count = (int) (tail - submitted);
        submitted = tail;
        return count;
    }

    @Override
    public String describe() {
        return "memory of " + size + " bytes";
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            UnsafeApi.freeMemory(allocated);
        }
    }

    private boolean take(
        final byte operation, final long token, final long address, final long length, final long offset) {
        if (closed) {
            throw new IllegalStateException("closed: " + describe());
        }
        if (tail - head == queueDepth) {
            return false;
        }
        final int index = (int) tail & mask;
        operations[index] = operation;
        tokens[index] = token;
        addresses[index] = address;
        lengths[index] = length;
        offsets[index] = offset;
        tail++;
        return true;
    }

    private Status perform(final int index) {
        final byte operation = operations[index];
        if (operation == FLUSH) {
            return Status.OK;
        }
        final long offset = offsets[index];
        final long length = lengths[index];
        final long address = addresses[index];
        if (offset < 0 || length < 0 || length > size || offset > size - length) {
            return Status.OUT_OF_RANGE;
        }
        if (((offset | length) & (sectorSize - 1)) != 0 || (address & (memoryAlignment - 1)) != 0) {
            return Status.INVALID;
        }
        switch (operation) {
            case READ -> UnsafeApi.copyMemory(base + offset, address, length);
            case WRITE -> UnsafeApi.copyMemory(address, base + offset, length);
            default -> UnsafeApi.setMemory(base + offset, length, (byte) 0);
        }
        return Status.OK;
    }
}
