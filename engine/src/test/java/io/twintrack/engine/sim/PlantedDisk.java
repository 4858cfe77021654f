package io.twintrack.engine.sim;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** A disk that lies, in the way that its kind says. Everything else goes through. */
final class PlantedDisk implements BlockDevice {
    enum Lie {
        /** Writes of intent blocks do not happen. */
        NO_INTENT_WRITES,
        /** After the first ones, with which the first resync ends, writes of track blocks do not happen. */
        NO_TRACK_WRITES,
        /** After the first ones, changes of the superblock do not happen. */
        NO_SUPERBLOCK_WRITES,
        /** What was written to the record is not flushed. */
        NOTHING_DURABLE,
        /** A write that failed counts as done. */
        ERRORS_IGNORED,
        /** A flush does nothing. */
        NO_FLUSH,
        /** One write in 16 does not happen. */
        LOST_WRITES,
        /** One write in 16 goes one page too far. */
        MISDIRECTED_WRITES,
        /** A write counts as done before the disk has it. */
        EARLY_COMPLETION,
        /** Trimming and zeroing do nothing. */
        NO_ZEROING,
        /** The edges of a zeroing keep what they held. */
        ZEROING_WITHOUT_EDGES,
        /** A write comes after the next one that overlaps it. */
        SWAPPED_WRITES,
        /** One write in 16 loses its second half. */
        TORN_WRITES
    }

    private static final int PAIR = 8192;
    private static final long SHADOW = Long.MIN_VALUE;
    /**
     * All marked, then none: a disk that drops these as well keeps a side that copies everything, and harms nothing.
     */
    private static final int FIRST_TRACK_WRITES = 6;

    private final SimDisk disk;
    private final Lie lie;
    private final UnsafeBuffer scratch = new UnsafeBuffer(BufferUtil.allocateDirectAligned(64 << 10, 4096));
    /** What the disk is still to write of operations that were said to be done. */
    private final Map<Long, ByteBuffer> shadowed = new HashMap<>();
    private BlockListener listener;
    private int shadows;
    private int writes;
    private int trackWrites;
    private long keptAt = -1;
    private int keptLength;

    PlantedDisk(final SimDisk disk, final Lie lie) {
        this.disk = disk;
        this.lie = lie;
    }

    @Override
    public void listener(final BlockListener newListener) {
        listener = newListener;
        disk.listener(this::onComplete);
    }

    private void onComplete(final long token, final Status status) {
        shadowed.remove(token);
        if (token >= 0) {
            listener.onBlockComplete(token, lie == Lie.ERRORS_IGNORED ? Status.OK : status);
        }
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return disk.read(token, address, length, offset);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        writes++;
        final long pair = offset / PAIR;
        final boolean dropped = switch (lie) {
            case NO_INTENT_WRITES -> pair == 1;
            case NO_TRACK_WRITES -> pair == 2 && ++trackWrites > FIRST_TRACK_WRITES;
            case NO_SUPERBLOCK_WRITES -> pair == 0 && writes > 12;
            case LOST_WRITES -> writes % 16 == 0;
            default -> false;
        };
        if (dropped) {
            return nothing(token);
        }
        return switch (lie) {
            case NOTHING_DURABLE -> disk.write(token, address, length, offset, false);
            case MISDIRECTED_WRITES -> disk.write(token, address, length,
                writes % 16 == 0 && offset + length + 4096 <= disk.size() ? offset + 4096 : offset, durable);
            case TORN_WRITES -> disk.write(token, address,
                writes % 16 == 0 && length > Stamp.SECTOR ? Stamp.SECTOR : length, offset, durable);
            case EARLY_COMPLETION -> shadow(address, length, offset, durable) && nothing(token);
            case SWAPPED_WRITES -> swapped(token, address, length, offset, durable);
            default -> disk.write(token, address, length, offset, durable);
        };
    }

    /** Completes, and that is all. */
    private boolean nothing(final long token) {
        return disk.read(token, scratch.addressOffset(), Stamp.SECTOR, 0);
    }

    /** The write itself is whole and goes on: its bytes stay until the disk has them. */
    private boolean shadow(final long address, final int length, final long offset, final boolean durable) {
        final long token = SHADOW + ++shadows;
        final ByteBuffer bytes = BufferUtil.allocateDirectAligned(length, 4096);
        final UnsafeBuffer copy = new UnsafeBuffer(bytes);
        copy.putBytes(0, new UnsafeBuffer(address, length), 0, length);
        shadowed.put(token, bytes);
        return disk.write(token, copy.addressOffset(), length, offset, durable);
    }

    private boolean swapped(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        final boolean taken = disk.write(token, address, length, offset, durable);
        if (keptAt >= 0 && offset < keptAt + keptLength && keptAt < offset + length) {
            disk.write(SHADOW, scratch.addressOffset(), keptLength, keptAt, false);
            keptAt = -1;
        } else {
            scratch.putBytes(0, new UnsafeBuffer(address, length), 0, length);
            keptAt = offset;
            keptLength = length;
        }
        return taken;
    }

    @Override
    public boolean flush(final long token) {
        return lie == Lie.NO_FLUSH || lie == Lie.NOTHING_DURABLE ? nothing(token) : disk.flush(token);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        if (lie == Lie.NO_ZEROING) {
            return nothing(token);
        }
        if (lie == Lie.ZEROING_WITHOUT_EDGES && length > Stamp.SECTOR) {
            return disk.zero(token, offset, length - Stamp.SECTOR, deallocate);
        }
        return disk.zero(token, offset, length, deallocate);
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public int sectorSize() {
        return disk.sectorSize();
    }

    @Override
    public int memoryAlignment() {
        return disk.memoryAlignment();
    }

    @Override
    public String describe() {
        return disk.describe() + ", with " + lie;
    }

    @Override
    public void close() {
        disk.close();
    }
}
