package io.twintrack.engine.disk;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.agrona.collections.IntArrayQueue;

/**
 * Hands operations to one disk, holds back those for which it has no room now, and makes a durable zeroing out of a
 * zeroing and a flush. HBA's thread only.
 */
public final class DiskQueue<T extends DiskOperation> {

    /** Hears how an operation ended, never from within {@link DiskQueue#start}. */
    @FunctionalInterface
    public interface Listener<T extends DiskOperation> {
        void onDiskComplete(T operation, Status status);
    }

    private final BlockDevice device;
    private final IntFunction<T> operations;
    private final Listener<T> listener;
    private final IntArrayQueue backlog;
    private int outstanding;

    /**
     * @param capacity   the most operations that can be outstanding.
     * @param operations finds one by its index.
     */
    public DiskQueue(
        final BlockDevice device, final int capacity, final IntFunction<T> operations, final Listener<T> listener) {
        this.device = device;
        this.operations = operations;
        this.listener = listener;
        this.backlog = new IntArrayQueue(Math.max(capacity, 8), -1);
        device.listener(this::onComplete);
    }

    public BlockDevice device() {
        return device;
    }

    /** It will complete, whether the disk has room now or not. */
    public void start(final T operation) {
        outstanding++;
        submitOrHold(operation);
    }

    private void submitOrHold(final T operation) {
        if (!backlog.isEmpty() || !submit(operation)) {
            backlog.addInt(operation.index);
        }
    }

    private boolean submit(final T op) {
        return switch (op.step) {
            case READ -> device.read(op.index, op.address, (int) op.length, op.offset);
            case WRITE -> device.write(op.index, op.address, (int) op.length, op.offset, op.durable);
            case ZERO -> device.zero(op.index, op.offset, op.length, op.deallocate);
            case FLUSH -> device.flush(op.index);
        };
    }

    /** Submits what was held back. @return how many. */
    public int poll() {
        int submitted = 0;
        while (!backlog.isEmpty() && submit(operations.apply(backlog.peekInt()))) {
            backlog.pollInt();
            submitted++;
        }
        return submitted;
    }

    /** Ends what was held back and never reached the disk, but for what is to be spared; that keeps its order. */
    public void cancelHeld(final Status status, final Predicate<T> isSpared) {
        for (int held = backlog.size(); held > 0; held--) {
            final T operation = operations.apply(backlog.pollInt());
            if (isSpared.test(operation)) {
                backlog.addInt(operation.index);
            } else {
                outstanding--;
                listener.onDiskComplete(operation, status);
            }
        }
    }

    private void onComplete(final long token, final Status status) {
        final T operation = operations.apply((int) token);
        if (status == Status.OK && operation.step == DiskOperation.Step.ZERO && operation.durable) {
            operation.step = DiskOperation.Step.FLUSH;
            submitOrHold(operation);
        } else {
            outstanding--;
            listener.onDiskComplete(operation, status);
        }
    }

    /** Operations started and not completed. */
    public int outstanding() {
        return outstanding;
    }
}
