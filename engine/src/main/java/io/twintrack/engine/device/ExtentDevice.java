package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import io.twintrack.engine.port.IoQueue;

import java.util.Arrays;
import java.util.List;

/**
 * A disk made of extents of other disks: a part of one, several one after the other, or stripes over several.
 *
 * <p>An operation is cut where extents or stripes end, and completes when its last part did; the first error wins and
 * keeps further parts from being started. When a disk below takes no more, the rest of the operation waits, in order,
 * for a completion or the next {@link #poll()}; meanwhile no new operation is taken. A disk below may be in use by
 * others only through a {@link SharedDevice}: a device has one listener, and this one sets it.
 *
 * <p>Operations that do not lie within the disk complete with {@link Status#OUT_OF_RANGE}, those that are not
 * multiples of the sector size with {@link Status#INVALID}.
 *
 * <p>Threading: HBA's thread only. {@link #poll()} is called in every duty cycle, after the queues below were polled.
 * Completions are delivered from within it or from within the polls below. Allocates nothing after construction.
 */
public final class ExtentDevice implements BlockDevice, IoQueue {
    /** Parts of one operation that are in flight together, so that a long one leaves room for others. */
    static final int PARTS_IN_FLIGHT = 64;

    private enum Kind {
        READ, WRITE, ZERO, FLUSH
    }

    /** One operation. Its index is the token of all its parts, so no table of parts is needed. */
    private static final class Operation {
        final int index;
        Kind kind;
        long token;
        long address;
        long offset;
        long length;
        boolean flag;
        /** What the next part is: an offset for READ and WRITE, an extent for ZERO, a device for FLUSH. */
        long cursor;
        long end;
        int outstanding;
        boolean waiting;
        Status status;

        Operation(final int index) {
            this.index = index;
        }

        boolean isUnderWay() {
            return waiting || outstanding > 0;
        }
    }

    private final ExtentLayout layout;
    private final ExtentMap map;

    private final Operation[] operations;
    private final Operation[] free;
    private int freeCount;
    /** A ring of the operations that have parts to start or an end to tell. */
    private final Operation[] waiting;
    private int waitingHead;
    private int waitingCount;

    private BlockListener listener;

    private ExtentDevice(final ExtentLayout layout, final int queueDepth) {
        this.layout = layout;
        map = layout.map;
        if (queueDepth < 1 || queueDepth > 1 << 20) {
            throw new IllegalArgumentException("queue depth " + queueDepth + " is not within 1 to 1048576");
        }
        operations = new Operation[queueDepth];
        Arrays.setAll(operations, Operation::new);
        free = operations.clone();
        freeCount = queueDepth;
        waiting = new Operation[queueDepth];
        for (final BlockDevice device : layout.devices) {
            device.listener(this::onPartComplete);
        }
    }

    /**
     * The extents one after the other; one extent makes a part of a disk.
     *
     * @param queueDepth operations taken at once.
     */
    public static ExtentDevice linear(final List<Extent> extents, final int queueDepth) {
        return new ExtentDevice(ExtentLayout.linear(extents), queueDepth);
    }

    /**
     * Stripes dealt in turn to two or more extents of one length.
     *
     * @param stripeLength in bytes, a multiple of the sector size that divides the extents' length.
     */
    public static ExtentDevice striped(final List<Extent> extents, final int stripeLength, final int queueDepth) {
        return new ExtentDevice(ExtentLayout.striped(extents, stripeLength), queueDepth);
    }

    /** Behind which the device can become longer. */
    public Extent last() {
        return layout.last();
    }

    /**
     * The device becomes longer or shorter at its end; what is on its way goes on.
     *
     * @param longerOrShorter the {@link #last()} extent in another length.
     * @throws IllegalArgumentException when the extents hold stripes, or it is not in multiples of the sector size.
     * @throws IllegalStateException    when an operation on its way reaches behind the new end.
     */
    public void resizeLast(final Extent longerOrShorter) {
        final long newSize = size() - layout.last().length() + longerOrShorter.length();
        for (final Operation operation : operations) {
            if (operation.isUnderWay() && operation.offset + operation.length > newSize) {
                throw new IllegalStateException("an operation reaches behind byte " + newSize);
            }
        }
        layout.replaceLast(longerOrShorter);
    }

    @Override
    public void listener(final BlockListener listener) {
        this.listener = listener;
    }

    @Override
    public long size() {
        return map.size();
    }

    @Override
    public int sectorSize() {
        return layout.sectorSize;
    }

    @Override
    public int memoryAlignment() {
        return layout.memoryAlignment;
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return start(Kind.READ, token, address, length, offset, false);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        return start(Kind.WRITE, token, address, length, offset, durable);
    }

    /** Goes to every disk below once. */
    @Override
    public boolean flush(final long token) {
        return start(Kind.FLUSH, token, 0, 0, 0, false);
    }

    /** Goes to every extent once at most: what a range has in one extent lies there in one piece, stripes or not. */
    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        return start(Kind.ZERO, token, 0, length, offset, deallocate);
    }

    /** Starts what waited for room below. @return operations that completed here. */
    @Override
    public int poll() {
        int completed = 0;
        for (int i = waitingCount; i > 0; i--) {
            final Operation operation = waiting[waitingHead];
            if (operation.status == Status.OK && !startParts(operation)) {
                break;
            }
            leaveWaiting(operation);
            if (operation.outstanding == 0) {
                complete(operation);
                completed++;
            }
        }
        return completed;
    }

    /** Nothing to do: the queues below hand over their own. */
    @Override
    public int submit() {
        return 0;
    }

    @Override
    public String describe() {
        return layout.describe();
    }

    /** Gives up every disk below. */
    @Override
    public void close() {
        for (final BlockDevice device : layout.devices) {
            device.close();
        }
    }

    private boolean start(
        final Kind kind,
        final long token,
        final long address,
        final long length,
        final long offset,
        final boolean flag) {
        if (waitingCount > 0 || freeCount == 0) {
            return false;
        }
        final Operation operation = free[--freeCount];
        operation.kind = kind;
        operation.token = token;
        operation.address = address;
        operation.offset = offset;
        operation.length = length;
        operation.flag = flag;
        operation.outstanding = 0;
        operation.status = check(offset, length);
        operation.cursor = kind == Kind.READ || kind == Kind.WRITE ? offset : 0;
        operation.end = end(operation);
        return startFirst(operation);
    }

    private boolean startFirst(final Operation operation) {
        final boolean ok = operation.status == Status.OK;
        final boolean taken = !ok || startParts(operation);
        if (!taken && operation.outstanding == 0) {
            free[freeCount++] = operation;
            return false;
        }
        // Refused at once or nothing to do: the listener may hear of it only from a poll.
        if (!taken || operation.outstanding == 0) {
            joinWaiting(operation);
        }
        return true;
    }

    private long end(final Operation operation) {
        return switch (operation.kind) {
            case READ, WRITE -> operation.offset + operation.length;
            case ZERO -> layout.extents.length;
            case FLUSH -> layout.devices.length;
        };
    }

    /** @return false when a disk below took no more. */
    private boolean startParts(final Operation operation) {
        while (operation.cursor < operation.end && operation.outstanding < PARTS_IN_FLIGHT) {
            final boolean taken = switch (operation.kind) {
                case READ, WRITE -> startTransfer(operation);
                case ZERO -> startZero(operation);
                case FLUSH -> started(operation, layout.devices[(int) operation.cursor].flush(operation.index), 1);
            };
            if (!taken) {
                return false;
            }
        }
        return true;
    }

    private boolean startTransfer(final Operation operation) {
        final long at = operation.cursor;
        final Extent extent = layout.extents[map.extent(at)];
        final long offset = extent.offset() + map.extentOffset(at);
        final int length = (int) Math.min(map.run(at), operation.end - at);
        final long address = operation.address + (at - operation.offset);
        final boolean taken = operation.kind == Kind.READ
            ? extent.device().read(operation.index, address, length, offset)
            : extent.device().write(operation.index, address, length, offset, operation.flag);
        return started(operation, taken, length);
    }

    private boolean startZero(final Operation operation) {
        final int index = (int) operation.cursor;
        final long from = map.extentBytesBefore(index, operation.offset);
        final long to = map.extentBytesBefore(index, operation.offset + operation.length);
        if (from == to) {
            operation.cursor++;
            return true;
        }
        final Extent extent = layout.extents[index];
        return started(
            operation, extent.device().zero(operation.index, extent.offset() + from, to - from, operation.flag), 1);
    }

    private static boolean started(final Operation operation, final boolean taken, final int step) {
        if (taken) {
            operation.cursor += step;
            operation.outstanding++;
        }
        return taken;
    }

    private void onPartComplete(final long token, final Status status) {
        final Operation operation = operations[(int) token];
        operation.outstanding--;
        if (operation.status == Status.OK) {
            operation.status = status;
        }
        if (!operation.waiting) {
            proceed(operation);
        }
        poll();
    }

    private void proceed(final Operation operation) {
        if (operation.status == Status.OK && !startParts(operation)) {
            joinWaiting(operation);
        } else if (operation.outstanding == 0) {
            complete(operation);
        }
    }

    private void complete(final Operation operation) {
        free[freeCount++] = operation;
        listener.onBlockComplete(operation.token, operation.status);
    }

    private void joinWaiting(final Operation operation) {
        operation.waiting = true;
        waiting[(waitingHead + waitingCount++) % waiting.length] = operation;
    }

    private void leaveWaiting(final Operation operation) {
        operation.waiting = false;
        waitingHead = (waitingHead + 1) % waiting.length;
        waitingCount--;
    }

    private Status check(final long offset, final long length) {
        if (offset < 0 || length < 0 || length > size() || offset > size() - length) {
            return Status.OUT_OF_RANGE;
        }
        return ((offset | length) & (layout.sectorSize - 1)) == 0 ? Status.OK : Status.INVALID;
    }
}
