package io.twintrack.sata;

import static io.twintrack.sata.OperationTable.FLUSH;
import static io.twintrack.sata.OperationTable.READ;
import static io.twintrack.sata.OperationTable.TRIM;
import static io.twintrack.sata.OperationTable.WRITE;
import static io.twintrack.sata.OperationTable.WRITE_DURABLE;
import static io.twintrack.sata.OperationTable.ZERO_WRITE;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole SATA disk by ATA commands, past the system's block layer. What its IDENTIFY data says decides which commands
 * it gets; see {@link DiskTraits}. It is claimed exclusively for as long as it is open.
 *
 * <p>A disk that went away answers DEVICE_GONE to everything, until {@link DiskWatch} found it again under whatever
 * name. If it may have lost writes that it had completed and not flushed, the first flush after that fails.
 *
 * <p>HBA's thread only, but for what says otherwise; {@link #poll()} is part of its duty cycle.
 */
public final class SataBlockDevice implements BlockDevice {
    private static final Logger LOG = LoggerFactory.getLogger(SataBlockDevice.class);

    private final String path;
    private final SataOptions options;
    private final Runnable wakeUp;
    private final SataCounters counters = new SataCounters();
    private final OperationTable ops;
    private final Pieces pieces;
    private final AtomicReference<HeldDisk> offered = new AtomicReference<>();
    private final DiskIdentity identity;
    private HeldDisk disk;
    private DiskTraits traits;
    private BlockListener listener;
    private volatile String commandPath;
    private volatile boolean gone;
    /** Gone, and given up: it can be claimed again. */
    private volatile boolean vacated;
    private volatile boolean closed;

    private SataBlockDevice(
        final String path, final SataOptions options, final HeldDisk held, final Runnable wakeUp) {
        this.path = path;
        this.options = options;
        this.wakeUp = wakeUp;
        ops = new OperationTable(options.queueDepth());
        pieces = new Pieces(ops, options, counters);
        identity = held.identity();
        use(held);
    }

    /**
     * Claims the disk for pass-through.
     *
     * @param path   /dev/sdX, /dev/sgN, /dev/bsg/H:C:T:L or a link to one.
     * @param wakeUp called on other threads when there may be something to poll; {@link #watchCount()} files tell the
     *               rest.
     * @throws SataException when it or a part of it is in use, it is no whole ATA disk, or it is too small; the
     *                       message says which.
     */
    public static SataBlockDevice open(final String path, final SataOptions options, final Runnable wakeUp) {
        return new SataBlockDevice(path, options, HeldDisk.open(path, options, SysFiles.SYSTEM, wakeUp), wakeUp);
    }

    /** Over a disk that is held already. */
    static SataBlockDevice over(final HeldDisk held, final SataOptions options) {
        return new SataBlockDevice(held.disk().path(), options, held, () -> { });
    }

    private void use(final HeldDisk held) {
        disk = held;
        traits = held.traits();
        commandPath = held.disk().commandPath();
        pieces.use(held);
        gone = false;
        vacated = false;
    }

    @Override
    public void listener(final BlockListener blockListener) {
        listener = blockListener;
    }

    @Override
    public long size() {
        return traits.size();
    }

    @Override
    public int sectorSize() {
        return traits.logicalSector();
    }

    /** What is not aligned to the disk's own sectors is copied by the system on its way. */
    @Override
    public int memoryAlignment() {
        return IdentifyData.MIN_SECTOR;
    }

    /** In bytes; pieces that are multiples of it spare the disk from reading before it writes. */
    public int physicalSectorSize() {
        return traits.physicalSector();
    }

    /** By which it was opened; the system may call it otherwise since. Any thread. */
    public String path() {
        return path;
    }

    /** Which disk it is; it stays so. Any thread. */
    public DiskIdentity identity() {
        return identity;
    }

    /** Any thread. */
    public SataCounters counters() {
        return counters;
    }

    /** Any thread. */
    public boolean isGone() {
        return gone;
    }

    /** Where single commands for this disk go now, whatever its name was. Any thread. */
    String commandPath() {
        return commandPath;
    }

    /** Operations that have not completed. */
    public int inFlight() {
        return ops.used();
    }

    /** How many files become readable when there is something to poll. */
    public int watchCount() {
        return gone ? 0 : disk.port().watchCount();
    }

    /** @param index from 0 to {@link #watchCount()}. @return a descriptor for poll(2). */
    public int watch(final int index) {
        return disk.port().watch(index);
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return start(READ, check(address, length, offset), token, address, length, offset);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        return start(durable ? WRITE_DURABLE : WRITE, check(address, length, offset), token, address, length, offset);
    }

    @Override
    public boolean flush(final long token) {
        return start(FLUSH, Status.OK, token, 0, 0, 0);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        return start(deallocate ? TRIM : ZERO_WRITE, check(0, length, offset), token, 0, length, offset);
    }

    private Status check(final long address, final long length, final long offset) {
        if (((offset | length) & traits.logicalSector() - 1) != 0 || length <= 0
            || (address & IdentifyData.MIN_SECTOR - 1) != 0) {
            return Status.INVALID;
        }
        return offset < 0 || offset > traits.size() - length ? Status.OUT_OF_RANGE : Status.OK;
    }

    private boolean start(final byte kind, final Status status, final long token, final long address,
        final long length, final long offset) {
        if (ops.isFull()) {
            return false;
        }
        pieces.start(ops.claim(kind, status, token, address, length, offset));
        return true;
    }

    /** Delivers what has completed, and goes on with what waits. @return an amount of work. */
    public int poll() {
        int work = pieces.commands().poll();
        if (pieces.commands().isGone()) {
            onGone();
        }
        pieces.sendAll();
        for (int count = pieces.endedCount(); count > 0; count--) {
            final int op = pieces.nextEnded();
            final long token = ops.tokens[op];
            final Status status = ops.statuses[op];
            ops.release(op);
            listener.onBlockComplete(token, status);
            work++;
        }
        return work;
    }

    private void onGone() {
        if (!gone) {
            gone = true;
            LOG.error("{}: {} is gone", path, identity);
        }
        if (!vacated && pieces.commands().isEmpty()) {
            pieces.doubtCache();
            disk.close();
            vacated = true;
        }
        final HeldDisk returned = vacated ? offered.getAndSet(null) : null;
        if (returned != null) {
            use(returned);
            counters.increment(SataCounter.RETURNS);
            LOG.info("{}: {} is back as {}", path, identity, returned.disk().blockPath());
        }
    }

    /**
     * Claims a disk in the place of the one that is gone, if it is the same one. Any thread but the HBA's, one at a
     * time.
     *
     * @return whether it was taken; the device goes on with it in its next poll.
     * @throws SataException when it cannot be claimed.
     */
    boolean offer(final String otherPath) {
        if (!vacated || closed || offered.get() != null) {
            return false;
        }
        final HeldDisk other = HeldDisk.open(otherPath, options.minSize(size()), SysFiles.SYSTEM, wakeUp);
        if (other.identity().isSameDisk(identity) && other.traits().size() == size()
            && other.traits().logicalSector() == sectorSize() && offered.compareAndSet(null, other)) {
            wakeUp.run();
            return true;
        }
        other.close();
        return false;
    }

    @Override
    public String describe() {
        return path + ": " + disk.describe();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (inFlight() != 0) {
            throw new IllegalStateException(path + ": closed with " + inFlight() + " operations in flight");
        }
        closed = true;
        final HeldDisk unused = offered.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
        disk.close();
        pieces.close();
    }
}
