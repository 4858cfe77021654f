package io.twintrack.sata;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that the disk has at the moment. Each carries out one piece of an operation; what may be resent is sent
 * again here, at most {@link #MOST_SENDS} times, so that the owner hears of each piece once. HBA's thread only.
 *
 * <p>A queued command that fails without a reason of its own is sent once more without NCQ: a failed queued command
 * ends its neighbours too, and only the plain form tells for certain whose fault it was.
 */
final class CommandQueue {
    static final byte READ = 0;
    static final byte WRITE = 1;
    static final byte WRITE_DURABLE = 2;
    static final byte FLUSH = 3;
    static final byte TRIM = 4;

    /** Takes the ends of pieces. */
    interface Owner {
        /** @param flushNeeded it was to be durable, and is only with a flush behind it. */
        void onPiece(int op, byte kind, AtaFault fault, boolean flushNeeded);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);
    private static final int MOST_SENDS = 3;
    private static final int MOST_CELLS = 32;
    private static final int TRIM_FEATURE = 1;

    private final SataOptions options;
    private final SataCounters counters;
    private final Owner owner;
    private final CommandPort.Listener ends = this::onEnd;

    private final AtaCommand[] commands = new AtaCommand[MOST_CELLS];
    private final int[] ops = new int[MOST_CELLS];
    private final byte[] kinds = new byte[MOST_CELLS];
    private final long[] addresses = new long[MOST_CELLS];
    private final long[] offsets = new long[MOST_CELLS];
    private final long[] lengths = new long[MOST_CELLS];
    private final int[] sends = new int[MOST_CELLS];
    private final boolean[] plain = new boolean[MOST_CELLS];
    private final int[] free = new int[MOST_CELLS];
    private int freeCount;
    /** Cells that found the system full, or that are to be sent again. */
    private final int[] waiting = new int[MOST_CELLS];
    private int waitingCount;
    /** Cells that the system did not take; their owner hears of it in the next poll. */
    private final int[] refused = new int[MOST_CELLS];
    private final AtaFault[] refusals = new AtaFault[MOST_CELLS];
    private int refusedCount;

    private HeldDisk disk;
    private DiskTraits traits;
    private CommandTable table;
    private CommandPort port;
    private boolean gone;

    CommandQueue(final SataOptions options, final SataCounters counters, final Owner owner) {
        this.options = options;
        this.counters = counters;
        this.owner = owner;
    }

    /** With nothing in flight. */
    void use(final HeldDisk newDisk) {
        disk = newDisk;
        traits = newDisk.traits();
        table = newDisk.table();
        port = newDisk.port();
        gone = false;
        freeCount = 0;
        for (int cell = table.capacity() - 1; cell >= 0; cell--) {
            free[freeCount++] = cell;
        }
    }

    /** The disk left: nothing can be sent until there is another one. */
    boolean isGone() {
        return gone;
    }

    boolean hasRoom() {
        return freeCount > 0;
    }

    boolean isEmpty() {
        return freeCount == table.capacity();
    }

    /** Sends a piece; there is room. @param length in bytes, at most what one command can carry. */
    void send(final int op, final byte kind, final long address, final long offset, final long length) {
        final int cell = free[--freeCount];
        ops[cell] = op;
        kinds[cell] = kind;
        addresses[cell] = address;
        offsets[cell] = offset;
        lengths[cell] = length;
        sends[cell] = 0;
        plain[cell] = false;
        waiting[waitingCount++] = cell;
        if (waitingCount == 1) {
            sendWaiting();
        }
    }

    /** Delivers what ended, and sends what waited. @return an amount of work. */
    int poll() {
        final int work = port.poll(ends) + deliverRefused() + waitingCount;
        sendWaiting();
        return work;
    }

    private void sendWaiting() {
        int sent = 0;
        while (sent < waitingCount && start(waiting[sent])) {
            sent++;
        }
        waitingCount -= sent;
        System.arraycopy(waiting, sent, waiting, 0, waitingCount);
    }

    /** @return false when the system has no room for it. */
    private boolean start(final int cell) {
        final int result = gone ? Libc.ENODEV : put(cell);
        if (result == CommandPort.FULL) {
            return false;
        }
        sends[cell]++;
        if (result == 0) {
            countStart(commands[cell]);
        } else {
            refused[refusedCount++] = cell;
            refusals[cell] = SystemRefusal.of(result);
        }
        return true;
    }

    private int put(final int cell) {
        final byte kind = kinds[cell];
        if (kind == FLUSH) {
            commands[cell] = traits.flush();
            table.put(cell, traits.flush(), 0, 0, 0, 0, false, 0, 0, options.flushMs());
        } else if (kind == TRIM) {
            putTrim(cell);
        } else {
            putTransfer(cell, kind == READ ? traits.read(plain[cell])
                : traits.write(kind == WRITE_DURABLE, plain[cell]), kind == WRITE_DURABLE);
        }
        return port.start(cell);
    }

    private void putTransfer(final int cell, final AtaCommand command, final boolean durable) {
        final long lba = offsets[cell] / traits.logicalSector();
        final int sectors = (int) (lengths[cell] / traits.logicalSector());
        // A queued command has its tag where others have their count; the system puts it there.
        commands[cell] = command;
        table.put(cell, command, lba, command.isQueued() ? 0 : sectors, command.isQueued() ? sectors : 0,
            traits.device(command, lba, durable), traits.logicalSector() != IdentifyData.MIN_SECTOR,
            addresses[cell], (int) lengths[cell], options.timeoutMs());
    }

    private void putTrim(final int cell) {
        commands[cell] = AtaCommand.DATA_SET_MANAGEMENT;
        TrimRange.fill(table.memory(), table.payloadOffset(cell), offsets[cell] / traits.logicalSector(),
            lengths[cell] / traits.logicalSector());
        table.put(cell, AtaCommand.DATA_SET_MANAGEMENT, 0, 1, TRIM_FEATURE, traits.device(
            AtaCommand.DATA_SET_MANAGEMENT, 0, false), false, table.payloadAddress(cell), TrimRange.BLOCK,
            options.flushMs());
    }

    private void countStart(final AtaCommand command) {
        counters.increment(SataCounter.COMMANDS);
        counters.raise(SataCounter.MOST_IN_FLIGHT, port.inFlight());
        if (command.isQueued()) {
            counters.increment(SataCounter.QUEUED_COMMANDS);
        } else if (command == AtaCommand.DATA_SET_MANAGEMENT) {
            counters.increment(SataCounter.TRIMS);
        } else if (command.direction() == AtaCommand.Direction.NONE) {
            counters.increment(SataCounter.FLUSHES);
        }
    }

    private int deliverRefused() {
        final int count = refusedCount;
        for (int i = 0; i < count; i++) {
            conclude(refused[i], refusals[refused[i]]);
        }
        refusedCount -= count;
        System.arraycopy(refused, count, refused, 0, refusedCount);
        return count;
    }

    private void onEnd(final int cell) {
        final int errno = port.errno(cell);
        if (errno == 0 && lengths[cell] != 0 && kinds[cell] != TRIM && port.isCopying() && !table.wasDirect(cell)) {
            counters.increment(SataCounter.INDIRECT_TRANSFERS);
        }
        conclude(cell, errno == 0 ? table.result(cell) : SystemRefusal.of(errno));
    }

    private void conclude(final int cell, final AtaFault fault) {
        if (fault == AtaFault.NONE) {
            finish(cell, fault);
            return;
        }
        counters.increment(SataCounter.of(fault));
        gone |= fault == AtaFault.DEVICE_GONE;
        if (mayResend(cell, fault)) {
            counters.increment(SataCounter.RESENT);
            if (commands[cell].isQueued()) {
                counters.increment(SataCounter.RESENT_PLAIN);
                plain[cell] = true;
            }
            waiting[waitingCount++] = cell;
        } else {
            report(cell, fault);
            finish(cell, fault);
        }
    }

    /** That a disk is gone is said once, not of every command. */
    private void report(final int cell, final AtaFault fault) {
        if (fault != AtaFault.DEVICE_GONE) {
            LOG.warn("{}: {} at byte {}, {} bytes: {}, {}", disk.disk().blockPath(), commands[cell], offsets[cell],
                lengths[cell], fault, table.sense(cell));
        }
    }

    private boolean mayResend(final int cell, final AtaFault fault) {
        if (gone || sends[cell] >= MOST_SENDS) {
            return false;
        }
        if (kinds[cell] == FLUSH) {
            return fault == AtaFault.NO_RESOURCES || fault == AtaFault.RETRY_ASKED;
        }
        return fault.isResendable() || fault == AtaFault.ABORTED && commands[cell].isQueued();
    }

    private void finish(final int cell, final AtaFault fault) {
        final boolean flushNeeded = kinds[cell] == WRITE_DURABLE && traits.needsFlushAfter(commands[cell]);
        free[freeCount++] = cell;
        owner.onPiece(ops[cell], kinds[cell], fault, flushNeeded);
    }
}
