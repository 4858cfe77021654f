package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;
import static io.twintrack.engine.metadata.MetadataLayout.COPIES;

import io.twintrack.engine.Status;
import io.twintrack.engine.disk.DiskOperation;
import io.twintrack.engine.disk.DiskQueue;
import io.twintrack.engine.port.BlockDevice;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads and writes blocks of the metadata disk from a few places in memory, each with room for a pair of blocks.
 * Writes are durable when they complete. HBA's thread only; allocates nothing after construction.
 */
final class BlockIo {
    static final int PLACES = 16;
    static final int PAIR_LENGTH = COPIES * BLOCK_LENGTH;
    /** Bytes of memory. */
    static final int LENGTH = PLACES * PAIR_LENGTH;

    /** Owns a place while something is on its way from or to it. */
    @FunctionalInterface
    interface User {
        /** @param status OK when all of it succeeded. The place still belongs to the user. */
        void onTransfer(int place, Status status);
    }

    private static final class Transfer extends DiskOperation {
        Transfer(final int index) {
            super(index);
            durable = true;
        }
    }

    private final Transfer[] transfers = new Transfer[PLACES * COPIES];
    private final UnsafeBuffer[] buffers = new UnsafeBuffer[PLACES];
    private final User[] users = new User[PLACES];
    private final int[] outstanding = new int[PLACES];
    private final Status[] results = new Status[PLACES];
    private final UnsafeBuffer all;
    private final DiskQueue<Transfer> disk;
    private int claimed;
    private int writes;

    /** @param address of {@link #LENGTH} bytes, aligned as the device wants it. */
    BlockIo(final BlockDevice device, final long address) {
        for (int i = 0; i < transfers.length; i++) {
            transfers[i] = new Transfer(i);
        }
        for (int i = 0; i < PLACES; i++) {
            buffers[i] = new UnsafeBuffer(address + (long) i * PAIR_LENGTH, PAIR_LENGTH);
        }
        all = new UnsafeBuffer(address, LENGTH);
        disk = new DiskQueue<>(device, transfers.length, i -> transfers[i], this::onComplete);
    }

    /** @return the first free place, or -1: then one becomes free after a completion. */
    int claim(final User user) {
        int place = 0;
        while (place < PLACES && users[place] != null) {
            place++;
        }
        if (place == PLACES) {
            return -1;
        }
        users[place] = user;
        claimed++;
        return place;
    }

    /** The place belongs to this user from now on. */
    void hand(final int place, final User user) {
        users[place] = user;
    }

    void release(final int place) {
        users[place] = null;
        claimed--;
    }

    boolean isIdle() {
        return claimed == 0;
    }

    /** Of a place. */
    UnsafeBuffer buffer(final int place) {
        return buffers[place];
    }

    /** Of all places, for whoever reads while nobody else does anything. */
    UnsafeBuffer all() {
        return all;
    }

    /** Writes the block at the start of the place to both copies of a pair, at once. */
    void write(final int place, final long pair) {
        outstanding[place] = COPIES;
        results[place] = Status.OK;
        for (int copy = 0; copy < COPIES; copy++) {
            start(place, copy, DiskOperation.Step.WRITE, 0, MetadataLayout.offset(pair, copy), BLOCK_LENGTH);
        }
    }

    void writeCopy(final int place, final long pair, final int copy) {
        outstanding[place] = 1;
        results[place] = Status.OK;
        start(place, copy, DiskOperation.Step.WRITE, 0, MetadataLayout.offset(pair, copy), BLOCK_LENGTH);
    }

    void readPair(final int place, final long pair) {
        read(place, 0, MetadataLayout.offset(pair, 0), PAIR_LENGTH);
    }

    /** Reads to a byte of the place's memory and, where the length is larger than that, to the places behind it. */
    void read(final int place, final int to, final long offset, final int length) {
        outstanding[place] = 1;
        results[place] = Status.OK;
        start(place, 0, DiskOperation.Step.READ, to, offset, length);
    }

    /** Makes durable what any writer left in the disk's cache. */
    void flush(final int place) {
        outstanding[place] = 1;
        results[place] = Status.OK;
        start(place, 0, DiskOperation.Step.FLUSH, 0, 0, 0);
    }

    /** Block writes started so far. */
    int writes() {
        return writes;
    }

    /** Starts what the disk had no room for. */
    int poll() {
        return disk.poll();
    }

    private void start(
        final int place, final int copy, final DiskOperation.Step step, final int at, final long offset,
        final int length) {
        final Transfer transfer = transfers[place * COPIES + copy];
        transfer.step = step;
        transfer.address = buffers[place].addressOffset() + at;
        transfer.offset = offset;
        transfer.length = length;
        writes += step == DiskOperation.Step.WRITE ? 1 : 0;
        disk.start(transfer);
    }

    private void onComplete(final Transfer transfer, final Status status) {
        final int place = transfer.index / COPIES;
        if (status != Status.OK) {
            results[place] = status;
        }
        if (--outstanding[place] == 0) {
            users[place].onTransfer(place, results[place]);
        }
    }
}
