package io.twintrack.uring;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import java.nio.file.Path;

/**
 * A regular file or a block device behind a {@link Ring}, past the page cache where that can be. A table of operations
 * is made at the start; an operation stays in it until all of its length is done. What the arguments alone rule out
 * goes through the ring as well, so that every completion comes from a poll.
 *
 * <p>A write that is durable uses RWF_DSYNC, a flush is fdatasync(2), zeroing is fallocate(2), or writes of zeros where
 * that is not supported. HBA's thread only.
 */
public final class UringBlockDevice implements BlockDevice {
    private static final int RWF_DSYNC = 2;
    private static final int PUNCH_HOLE_KEEP_SIZE = 0x2 | 0x1;
    private static final int ZERO_RANGE_KEEP_SIZE = 0x10 | 0x1;
    private static final int ZEROS_LENGTH = 256 * 1024;
    /** Of EAGAIN and EINTR in a row, one a cycle, before it counts as an I/O error: nothing may hang. */
    private static final int MAX_TRIES = 10_000;

    private static final byte READ = 0;
    private static final byte WRITE = 1;
    private static final byte WRITE_DURABLE = 2;
    private static final byte FLUSH = 3;
    private static final byte PUNCH = 4;
    private static final byte ZERO_RANGE = 5;
    private static final byte ZERO_WRITE = 6;
    private static final byte REFUSED = 7;

    private final Ring ring;
    private final DiskFile file;
    private final int fd;
    private final int owner;
    private final boolean readOnly;
    private final NativeMemory zeros = NativeMemory.map(ZEROS_LENGTH);
    private BlockListener listener;
    private boolean closed;

    private final byte[] kinds;
    private final long[] tokens;
    private final long[] addresses;
    private final long[] offsets;
    private final long[] remaining;
    private final int[] tries;
    private final Status[] refusals;
    private final int[] free;
    private int freeCount;
    private final int[] deferred;
    private int deferredCount;

    private UringBlockDevice(final Ring ring, final DiskFile file, final DiskOptions options) {
        this.ring = ring;
        this.file = file;
        fd = file.fd();
        readOnly = options.readOnly();
        final int depth = options.queueDepth();
        kinds = new byte[depth];
        tokens = new long[depth];
        addresses = new long[depth];
        offsets = new long[depth];
        remaining = new long[depth];
        tries = new int[depth];
        refusals = new Status[depth];
        free = new int[depth];
        deferred = new int[depth];
        for (int i = 0; i < depth; i++) {
            free[i] = depth - 1 - i;
        }
        freeCount = depth;
        owner = ring.register(new Completions());
        ring.registerFile(fd);
    }

    /** @throws DiskException when it cannot be opened, is in use, is neither file nor block device, or is too small. */
    public static UringBlockDevice open(final Ring ring, final Path path, final DiskOptions options) {
        return new UringBlockDevice(ring, DiskFile.open(path, options), options);
    }

    @Override
    public void listener(final BlockListener blockListener) {
        listener = blockListener;
    }

    @Override
    public long size() {
        return file.size();
    }

    /**
     * The file or device below has become longer, or is to be used up to this length only. What is on its way goes on.
     *
     * @param newSize in bytes, at most its length, a multiple of the sector size.
     * @throws DiskException when it is shorter.
     */
    public void resize(final long newSize) {
        file.resize(newSize);
    }

    @Override
    public int sectorSize() {
        return file.sectorSize();
    }

    @Override
    public int memoryAlignment() {
        return file.memoryAlignment();
    }

    /** Operations that have not completed. */
    public int inFlight() {
        return free.length - freeCount;
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return start(READ, check(address, length, offset), token, address, length, offset);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        final Status status = readOnly ? Status.READ_ONLY : check(address, length, offset);
        return start(durable ? WRITE_DURABLE : WRITE, status, token, address, length, offset);
    }

    @Override
    public boolean flush(final long token) {
        return start(FLUSH, Status.OK, token, 0, 0, 0);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        final Status status = readOnly ? Status.READ_ONLY : check(0, length, offset);
        return start(deallocate ? PUNCH : ZERO_RANGE, status, token, zeros.address(), length, offset);
    }

    private Status check(final long address, final long length, final long offset) {
        if (((offset | length) & file.sectorSize() - 1) != 0 || length <= 0 ||
            (address & file.memoryAlignment() - 1) != 0) {
            return Status.INVALID;
        }
        return offset < 0 || offset > file.size() - length ? Status.OUT_OF_RANGE : Status.OK;
    }

    private boolean start(
        final byte kind, final Status status, final long token, final long address, final long length,
        final long offset) {
        if (freeCount == 0) {
            return false;
        }
        final int op = free[freeCount - 1];
        kinds[op] = status == Status.OK ? kind : REFUSED;
        refusals[op] = status;
        tokens[op] = token;
        addresses[op] = address;
        offsets[op] = offset;
        remaining[op] = length;
        tries[op] = 0;
        final boolean queued = queue(op);
        if (queued) {
            freeCount--;
        }
        return queued;
    }

    private boolean queue(final int op) {
        final long offset = offsets[op];
        final long length = remaining[op];
        return switch (kinds[op]) {
            case READ -> ring.read(owner, op, fd, addresses[op], (int) length, offset, 0);
            case WRITE -> ring.write(owner, op, fd, addresses[op], (int) length, offset, 0);
            case WRITE_DURABLE -> ring.write(owner, op, fd, addresses[op], (int) length, offset, RWF_DSYNC);
            case FLUSH -> ring.fsync(owner, op, fd, true);
            case PUNCH -> ring.fallocate(owner, op, fd, PUNCH_HOLE_KEEP_SIZE, offset, length);
            case ZERO_RANGE -> ring.fallocate(owner, op, fd, ZERO_RANGE_KEEP_SIZE, offset, length);
            case ZERO_WRITE ->
                ring.write(owner, op, fd, zeros.address(), (int) Math.min(length, ZEROS_LENGTH), offset, 0);
            default -> ring.nop(owner, op);
        };
    }

    private void onResult(final int op, final int result) {
        if (result < 0) {
            onError(op, -result);
            return;
        }
        switch (kinds[op]) {
            case READ, WRITE, WRITE_DURABLE, ZERO_WRITE -> onTransferred(op, result);
            case REFUSED -> complete(op, refusals[op]);
            default -> complete(op, Status.OK);
        }
    }

    /** A transfer that ends within a sector cannot be continued there: the sector is done again. */
    private void onTransferred(final int op, final int result) {
        final int whole = result & -file.sectorSize();
        if (whole == 0) {
            complete(op, Status.IO_ERROR);
            return;
        }
        if (kinds[op] != ZERO_WRITE) {
            addresses[op] += whole;
        }
        offsets[op] += whole;
        remaining[op] -= whole;
        tries[op] = 0;
        if (remaining[op] == 0) {
            complete(op, Status.OK);
        } else if (!queue(op)) {
            defer(op);
        }
    }

    private void onError(final int op, final int errno) {
        final boolean again = errno == Errno.EAGAIN || errno == Errno.EINTR;
        final boolean fallocate = kinds[op] == PUNCH || kinds[op] == ZERO_RANGE;
        if (again && ++tries[op] < MAX_TRIES) {
            defer(op);
        } else if (fallocate && (errno == Errno.EOPNOTSUPP || errno == Errno.ENOSYS)) {
            kinds[op] = ZERO_WRITE;
            defer(op);
        } else {
            complete(op, Errno.status(errno));
        }
    }

    private void complete(final int op, final Status status) {
        free[freeCount++] = op;
        listener.onBlockComplete(tokens[op], status);
    }

    private void defer(final int op) {
        deferred[deferredCount++] = op;
        ring.callWhenRoom(owner);
    }

    private void queueDeferred() {
        while (deferredCount > 0) {
            if (!queue(deferred[deferredCount - 1])) {
                ring.callWhenRoom(owner);
                return;
            }
            deferredCount--;
        }
    }

    @Override
    public String describe() {
        return file.describe() + ", " + ring.describe();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (inFlight() != 0) {
            throw new IllegalStateException(file.describe() + ": closed with " + inFlight() + " operations in flight");
        }
        closed = true;
        ring.unregisterFile(fd);
        file.close();
        zeros.close();
    }

    private final class Completions implements CompletionHandler {
        @Override
        public void onCompletion(final long token, final int result, final int cqeFlags) {
            onResult((int) token, result);
        }

        @Override
        public void onRoom() {
            queueDeferred();
        }
    }
}
