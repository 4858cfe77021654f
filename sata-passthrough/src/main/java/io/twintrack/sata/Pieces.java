package io.twintrack.sata;

import static io.twintrack.sata.OperationTable.FLUSH;
import static io.twintrack.sata.OperationTable.READ;
import static io.twintrack.sata.OperationTable.TRIM;
import static io.twintrack.sata.OperationTable.WRITE;
import static io.twintrack.sata.OperationTable.WRITE_DURABLE;
import static io.twintrack.sata.OperationTable.ZERO_WRITE;

import io.twintrack.engine.Status;

/**
 * Cuts operations into pieces of what one command can carry, in the order in which they came, and puts together how
 * they ended. HBA's thread only.
 */
final class Pieces implements CommandQueue.Owner {
    static final int ZEROS_LENGTH = 256 * 1024;
    private static final long LONGEST_TRIM = 1L << 30;

    private final OperationTable ops;
    private final CommandQueue commands;
    private final SataCounters counters;
    private final long zeros = Libc.mapPages(ZEROS_LENGTH);
    /** Operations of which pieces are to be made. */
    private final IntRing queue;
    private final IntRing ended;
    private DiskTraits traits;
    private boolean trimRefused;

    /** Writes that completed, and how many of them a flush has covered. */
    private long writes;
    private long writesFlushed;
    /** Completed writes may have been lost with the disk's cache: the next flush must not succeed. */
    private boolean flushDoubted;

    Pieces(final OperationTable ops, final SataOptions options, final SataCounters counters) {
        this.ops = ops;
        this.counters = counters;
        commands = new CommandQueue(options, counters, this);
        queue = new IntRing(ops.capacity());
        ended = new IntRing(ops.capacity());
    }

    CommandQueue commands() {
        return commands;
    }

    void use(final HeldDisk disk) {
        traits = disk.traits();
        trimRefused = !traits.trim();
        commands.use(disk);
    }

    /** What the disk had not flushed may be gone from now on. */
    void doubtCache() {
        flushDoubted |= writes > writesFlushed;
    }

    /** An operation that was claimed; one that has failed already only ends. */
    void start(final int op) {
        if (ops.statuses[op] != Status.OK) {
            ended.add(op);
            return;
        }
        if (ops.kinds[op] == TRIM && trimRefused) {
            ops.kinds[op] = ZERO_WRITE;
        }
        enqueue(op);
        sendAll();
    }

    private void enqueue(final int op) {
        ops.cut[op] = 0;
        ops.writesBefore[op] = writes;
        ops.queued[op] = true;
        queue.add(op);
    }

    /** @return the next operation that ended, which the caller releases, or -1. */
    int nextEnded() {
        return ended.isEmpty() ? -1 : ended.poll();
    }

    int endedCount() {
        return ended.size();
    }

    void sendAll() {
        while (!queue.isEmpty() && (commands.hasRoom() || commands.isGone())) {
            final int op = queue.peek();
            if (commands.isGone()) {
                ops.fail(op, Status.DEVICE_GONE);
            } else if (!ops.isStopped(op)) {
                send(op);
            }
            if (ops.isStopped(op) || ops.kinds[op] == FLUSH || ops.cut[op] == ops.lengths[op]) {
                queue.poll();
                ops.queued[op] = false;
                concludeIfDone(op);
            }
        }
    }

    private void send(final int op) {
        final long from = ops.offsets[op] + ops.cut[op];
        final long rest = ops.lengths[op] - ops.cut[op];
        ops.pieces[op]++;
        switch (ops.kinds[op]) {
            case FLUSH -> commands.send(op, FLUSH, 0, 0, 0);
            case TRIM -> sendTrim(op, from, rest);
            case ZERO_WRITE -> sendTransfer(op, WRITE, zeros, from, Math.min(rest, ZEROS_LENGTH));
            default -> sendTransfer(op, ops.kinds[op], ops.addresses[op] + ops.cut[op], from, rest);
        }
    }

    private void sendTransfer(final int op, final byte kind, final long address, final long from, final long most) {
        final long length = Math.min(most, traits.maxTransfer());
        ops.cut[op] += length;
        commands.send(op, kind, address, from, length);
    }

    /** Disks may leave alone what is no whole physical sector: the edges are written. */
    private void sendTrim(final int op, final long from, final long rest) {
        final long physical = traits.physicalSector();
        final long into = (from + traits.alignmentOffset()) % physical;
        final long longest = Math.min(LONGEST_TRIM, TrimRange.mostSectors() * traits.logicalSector());
        final long whole = Math.min(rest, longest) & -physical;
        if (into != 0) {
            sendTransfer(op, WRITE, zeros, from, Math.min(rest, physical - into));
        } else if (whole == 0) {
            sendTransfer(op, WRITE, zeros, from, rest);
        } else {
            ops.cut[op] += whole;
            commands.send(op, TRIM, 0, from, whole);
        }
    }

    @Override
    public void onPiece(final int op, final byte kind, final AtaFault fault, final boolean flushNeeded) {
        ops.pieces[op]--;
        ops.flushNeeded[op] |= flushNeeded;
        if (fault == AtaFault.NONE) {
            noteDone(op, kind);
        } else if (kind == TRIM && (fault == AtaFault.ABORTED || fault == AtaFault.UNSUPPORTED)) {
            ops.trimRefused[op] = true;
            trimRefused = true;
        } else {
            ops.fail(op, fault.status());
        }
        concludeIfDone(op);
    }

    private void noteDone(final int op, final byte kind) {
        if (kind == FLUSH) {
            writesFlushed = Math.max(writesFlushed, ops.writesBefore[op]);
        } else if (kind != READ) {
            writes++;
        }
    }

    private void concludeIfDone(final int op) {
        if (ops.queued[op] || ops.pieces[op] != 0) {
            return;
        }
        if (ops.statuses[op] == Status.OK && ops.trimRefused[op]) {
            ops.kinds[op] = ZERO_WRITE;
            ops.trimRefused[op] = false;
            enqueue(op);
        } else if (ops.statuses[op] == Status.OK && ops.flushNeeded[op] && ops.kinds[op] == WRITE_DURABLE) {
            ops.kinds[op] = FLUSH;
            counters.increment(SataCounter.FLUSHES_FOR_DURABLE_WRITES);
            enqueue(op);
        } else {
            doubtFlush(op);
            ended.add(op);
        }
    }

    private void doubtFlush(final int op) {
        if (ops.kinds[op] == FLUSH && ops.statuses[op] == Status.OK && flushDoubted) {
            flushDoubted = false;
            counters.increment(SataCounter.FLUSHES_DOUBTED);
            ops.fail(op, Status.IO_ERROR);
        }
    }

    void close() {
        Libc.munmap(zeros, ZEROS_LENGTH);
    }
}
