package io.twintrack.sata;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Commands through ioctl(2) SG_IO, which waits for the disk: each cell of the table has a thread of its own, a lane,
 * that waits for it. For files that have no asynchronous interface: /dev/sdX and /dev/bsg.
 *
 * <p>The ring between the threads is the table's state words, off-heap:
 * <pre>
 *   IDLE --start: release--> READY --lane: acquire, ioctl, release--> ENDED --poll: acquire--> IDLE
 * </pre>
 */
final class LanePort implements CommandPort {
    private static final long SG_IO = 0x2285;
    private static final int IDLE = 0;
    private static final int READY = 1;
    private static final int ENDED = 2;
    private static final int SPINS = 200;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long JOIN_MS = 5_000;

    private final CommandTable table;
    private final UnsafeBuffer memory;
    private final String path;
    private final int fd;
    private final Runnable wakeUp;
    private final Thread[] lanes;
    private final int[] errnos;
    private int inFlight;
    private volatile boolean closed;

    private LanePort(final CommandTable table, final String path, final int fd, final Runnable wakeUp) {
        this.table = table;
        this.memory = table.memory();
        this.path = path;
        this.fd = fd;
        this.wakeUp = wakeUp;
        errnos = new int[table.capacity()];
        lanes = new Thread[table.capacity()];
        for (int i = 0; i < lanes.length; i++) {
            final int cell = i;
            lanes[i] = new Thread(() -> run(cell), "sata-lane-" + i);
            lanes[i].setDaemon(true);
            lanes[i].start();
        }
    }

    /**
     * @param wakeUp called on a lane's thread after an end, for a thread that sleeps meanwhile.
     * @throws SataException when it cannot be opened.
     */
    static LanePort open(final CommandTable table, final String path, final Runnable wakeUp) {
        return new LanePort(table, path, OpenFile.open(path, Libc.O_RDWR | Libc.O_NONBLOCK), wakeUp);
    }

    @Override
    public int start(final int cell) {
        inFlight++;
        // Pairs with the acquire in run: the lane sees the cell's command.
        memory.putIntRelease(table.stateOffset(cell), READY);
        LockSupport.unpark(lanes[cell]);
        return 0;
    }

    private void run(final int cell) {
        final int state = table.stateOffset(cell);
        int spins = 0;
        while (!closed) {
            if (memory.getIntAcquire(state) == READY) {
                execute(cell);
                // Pairs with the acquire in poll: the end's header and sense data are seen.
                memory.putIntRelease(state, ENDED);
                wakeUp.run();
                spins = 0;
            } else if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** What the system refuses to carry out ends as well, as if the device had not been reached. */
    private void execute(final int cell) {
        final long beganNs = System.nanoTime();
        int result;
        do {
            result = (int) Libc.ioctl(fd, SG_IO, table.headerAddress(cell));
        } while (result < 0 && Libc.errno() == Libc.EINTR);
        errnos[cell] = result < 0 ? Libc.errno() : 0;
        table.putDuration(cell, (System.nanoTime() - beganNs) / NANOS_PER_MILLI);
    }

    @Override
    public int poll(final Listener listener) {
        int ends = 0;
        for (int cell = 0; inFlight > 0 && cell < lanes.length; cell++) {
            if (memory.getIntAcquire(table.stateOffset(cell)) == ENDED) {
                memory.putInt(table.stateOffset(cell), IDLE);
                inFlight--;
                ends++;
                listener.onEnd(cell);
            }
        }
        return ends;
    }

    /** Of the command that ended last in this cell. */
    @Override
    public int errno(final int cell) {
        return errnos[cell];
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int watchCount() {
        return 0;
    }

    @Override
    public int watch(final int index) {
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public String describe() {
        return path + " by " + lanes.length + (lanes.length == 1 ? " thread" : " threads");
    }

    @Override
    public void close() {
        closed = true;
        for (final Thread lane : lanes) {
            LockSupport.unpark(lane);
        }
        for (final Thread lane : lanes) {
            join(lane);
        }
        Libc.close(fd);
    }

    private static void join(final Thread lane) {
        try {
            lane.join(JOIN_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (lane.isAlive()) {
            throw new IllegalStateException(lane.getName() + " does not end");
        }
    }
}
