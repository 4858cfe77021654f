package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.disk.DiskQueue;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.volume.RangeLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy that a target keeps: carries out what the origin asked, overlapping operations one after the other. HBA's
 * thread only.
 */
public final class RedundantVolume {
    private static final Logger LOG = LoggerFactory.getLogger(RedundantVolume.class);

    private final String name;
    private final PairTarget pair;
    private final BlockDevice device;
    private final ApplyPool applies;
    private final RangeLock ranges;
    private final DiskQueue<Apply> disk;
    private final DiskQueue.Listener<Apply> listener;
    private final Predicate<Apply> isPromised = apply -> apply.promised;
    private long size;
    private boolean failed;
    private long errors;

    RedundantVolume(
        final String name, final PairTarget pair, final BlockDevice device, final ApplyPool applies,
        final DiskQueue.Listener<Apply> listener) {
        this.name = name;
        this.pair = pair;
        this.device = device;
        this.applies = applies;
        this.listener = listener;
        this.size = device.size();
        this.ranges = new RangeLock(applies.capacity());
        this.disk = new DiskQueue<>(device, applies.capacity(), applies::get, this::onDiskComplete);
    }

    /** The name of the pair. */
    public String name() {
        return name;
    }

    PairTarget pair() {
        return pair;
    }

    /** In bytes. */
    public long size() {
        return size;
    }

    /** In bytes, at most {@link #deviceSize()}. */
    public void resize(final long newSize) {
        size = newSize;
    }

    /** In bytes: the room below the volume. */
    public long deviceSize() {
        return device.size();
    }

    /** Nothing is on its way to disk. */
    public boolean isIdle() {
        return disk.outstanding() == 0;
    }

    int sectorSize() {
        return device.sectorSize();
    }

    /** @return what forbids an operation on this range, or OK. */
    Status check(final long volumeSize, final long offset, final long length) {
        if (failed) {
            return Status.IO_ERROR;
        }
        // While a pair is resized, the target is the larger one.
        if (volumeSize > size()) {
            return Status.SIZE_MISMATCH;
        }
        if (offset < 0 || offset > size() || length > size() - offset) {
            return Status.OUT_OF_RANGE;
        }
        return ((offset | length) & (sectorSize() - 1)) == 0 ? Status.OK : Status.INVALID;
    }

    /** The disk can write these bytes from where they lie. */
    boolean takesDirectly(final long address, final long offset, final long length) {
        return (address & (device.memoryAlignment() - 1)) == 0 && ((offset | length) & (sectorSize() - 1)) == 0;
    }

    /** The disk can write from any 512-byte boundary, where the aligned layout of frames has every payload. */
    boolean takesSectors() {
        return device.memoryAlignment() <= 512;
    }

    /** It will complete, unless {@link #drop} takes it back before it began. */
    void start(final Apply apply) {
        if (apply.step == Step.FLUSH) {
            begin(apply);
        } else {
            apply.holdsRange = true;
            if (ranges.acquire(apply.index, apply.offset, apply.length)) {
                begin(apply);
            }
        }
    }

    private void begin(final Apply apply) {
        apply.started = true;
        disk.start(apply);
    }

    /** Takes back an operation that waits for its range and never began; then {@link #cancelHeld}. */
    void drop(final Apply apply) {
        if (apply.holdsRange) {
            ranges.release(apply.index);
        }
    }

    /** The session is over: ends what the disk has not begun, and begins what was promised and waited for that. */
    void cancelHeld() {
        disk.cancelHeld(Status.STALE_SESSION, isPromised);
        startFreed();
    }

    private void onDiskComplete(final Apply apply, final Status status) {
        if (status != Status.OK && status != Status.STALE_SESSION) {
            onError(apply, status);
        }
        final boolean heldRange = apply.holdsRange;
        if (heldRange) {
            ranges.release(apply.index);
        }
        listener.onDiskComplete(apply, status);
        if (heldRange) {
            startFreed();
        }
    }

    /** A failed flush is never tried again as if nothing had happened: what it should have kept may be gone. */
    private void onError(final Apply apply, final Status status) {
        // A full disk fails thousands of writes a second: the 1st, 2nd, 4th, 8th... stand for all.
        if (Long.bitCount(++errors) == 1) {
            LOG.error("pair {}: the redundant volume's disk answered {} to {} at byte {} ({} so far)",
                name, status, apply.step, apply.offset, errors);
        }
        // A durable write that the device failed may have failed in its flush.
        if ((apply.step == Step.FLUSH || apply.durable && status == Status.IO_ERROR) && !failed) {
            LOG.error(
                "pair {}: a flush failed, so this side takes no more writes until the node is started again", name);
            fail(status);
        }
    }

    /** What the disk was given may be gone, and nobody else may have it. */
    void fail(final Status status) {
        if (!failed) {
            failed = true;
            pair.onDiskFailed(status);
        }
    }

    private void startFreed() {
        for (int next = ranges.next(); next != RangeLock.NONE; next = ranges.next()) {
            begin(applies.get(next));
        }
    }

    /** What the disk had taken may be gone: a flush failed, or a write that only this side may have. */
    boolean isFailed() {
        return failed;
    }

    DiskQueue<Apply> disk() {
        return disk;
    }
}
