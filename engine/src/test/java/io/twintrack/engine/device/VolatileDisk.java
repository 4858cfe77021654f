package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import io.twintrack.engine.port.IoQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A disk with a volatile cache. What is written is read back at once, but stable only after a flush that began later,
 * or after a durable write has completed. When it loses power, every sector of 512 bytes that is not stable holds,
 * drawn from a seed, what is stable or any one of the writes to it since, those under way included; operations under
 * way never complete. It is its own {@link IoQueue}. Test's thread only.
 */
public final class VolatileDisk implements BlockDevice, IoQueue {
    private static final int SECTOR = 512;

    private enum Kind {
        READ, WRITE, ZERO, FLUSH
    }

    private record Operation(
        Kind kind, long token, long address, long length, long offset, boolean durable, long writesBefore) {
    }

    private record Version(long number, byte[] bytes) {
    }

    private final byte[] stable;
    private final Map<Integer, List<Version>> unstable = new HashMap<>();
    private final List<Operation> underWay = new ArrayList<>();
    private BlockListener listener;
    private Random order;
    private long versions;
    private long completedWrites;
    private long flushes;
    private Status writeStatus = Status.OK;
    private long unreadableFrom = -1;
    private long unreadableTo = -1;

    public VolatileDisk(final int size) {
        this(new byte[size]);
    }

    /** @param stable what is on it; taken over, not copied. */
    public VolatileDisk(final byte[] stable) {
        this.stable = stable;
    }

    /** Operations complete in an order drawn from it. */
    public void reorder(final Random random) {
        order = random;
    }

    /** Writes, zeroing and flushes end so from now on, with nothing done. */
    public void failWrites(final Status status) {
        writeStatus = status;
    }

    public boolean isFailing() {
        return writeStatus != Status.OK;
    }

    /** Reads that touch these bytes fail. */
    public void failReads(final long from, final long to) {
        unreadableFrom = from;
        unreadableTo = to;
    }

    /** Power is lost and comes back. */
    public void losePower(final long seed) {
        losePower(new Random(seed));
    }

    public void losePower(final Random random) {
        for (final Operation one : underWay) {
            if (one.kind == Kind.WRITE || one.kind == Kind.ZERO) {
                keep(one);
            }
        }
        underWay.clear();
        final List<Integer> sectors = new ArrayList<>(unstable.keySet());
        sectors.sort(null);
        // Often nothing or everything reached the disk; mixtures are drawn sector by sector.
        final int manner = random.nextInt(4);
        for (final int sector : sectors) {
            final List<Version> written = unstable.get(sector);
            final int chosen = manner == 0 ? 0 : manner == 1 ? written.size() : random.nextInt(written.size() + 1);
            if (chosen > 0) {
                System.arraycopy(written.get(chosen - 1).bytes, 0, stable, sector * SECTOR, SECTOR);
            }
        }
        unstable.clear();
    }

    /** The process that asked is gone, the host is not: what is under way is carried out, and nobody hears of it. */
    public void loseAsker() {
        underWay.forEach(this::perform);
        underWay.clear();
    }

    /** What is read now, behind everybody's back. */
    public void content(final long offset, final UnsafeBuffer to) {
        read(new Operation(Kind.READ, 0, to.addressOffset(), to.capacity(), offset, false, 0));
    }

    /** What would be there if power were lost now and nothing unstable had reached the disk. */
    public byte[] stable() {
        return stable.clone();
    }

    /** Writes and zeroings that have completed. */
    public long completedWrites() {
        return completedWrites;
    }

    public long flushes() {
        return flushes;
    }

    public int underWay() {
        return underWay.size();
    }

    /** Completes one operation, if any is under way. */
    public boolean completeOne() {
        if (underWay.isEmpty()) {
            return false;
        }
        final Operation one = underWay.remove(order == null ? 0 : order.nextInt(underWay.size()));
        listener.onBlockComplete(one.token, perform(one));
        return true;
    }

    @Override
    public int poll() {
        final int count = underWay.size();
        for (int i = 0; i < count; i++) {
            completeOne();
        }
        return count;
    }

    @Override
    public int submit() {
        return 0;
    }

    private Status perform(final Operation one) {
        if (one.kind == Kind.READ) {
            if (one.offset < unreadableTo && unreadableFrom < one.offset + one.length) {
                return Status.IO_ERROR;
            }
            read(one);
            return Status.OK;
        }
        if (writeStatus != Status.OK) {
            return writeStatus;
        }
        if (one.kind == Kind.FLUSH) {
            flushes++;
            settle(one.writesBefore);
        } else {
            completedWrites++;
            keep(one);
            if (one.durable) {
                settle(one.offset, one.length);
            }
        }
        return Status.OK;
    }

    private void read(final Operation one) {
        final UnsafeBuffer to = new UnsafeBuffer(one.address, (int) one.length);
        for (int at = 0; at < one.length; at += SECTOR) {
            final int sector = (int) ((one.offset + at) / SECTOR);
            final List<Version> written = unstable.get(sector);
            if (written == null) {
                to.putBytes(at, stable, sector * SECTOR, SECTOR);
            } else {
                to.putBytes(at, written.get(written.size() - 1).bytes);
            }
        }
    }

    private void keep(final Operation one) {
        final long number = ++versions;
        for (int at = 0; at < one.length; at += SECTOR) {
            final byte[] bytes = new byte[SECTOR];
            if (one.kind == Kind.WRITE) {
                new UnsafeBuffer(one.address + at, SECTOR).getBytes(0, bytes);
            }
            unstable.computeIfAbsent((int) ((one.offset + at) / SECTOR), key -> new ArrayList<>())
                .add(new Version(number, bytes));
        }
    }

    /** The newest version of these sectors is stable. */
    private void settle(final long offset, final long length) {
        for (long at = offset; at < offset + length; at += SECTOR) {
            final int sector = (int) (at / SECTOR);
            final List<Version> written = unstable.remove(sector);
            System.arraycopy(written.get(written.size() - 1).bytes, 0, stable, sector * SECTOR, SECTOR);
        }
    }

    /** Of every sector, the newest version up to this number is stable. */
    private void settle(final long upTo) {
        unstable.forEach((sector, written) -> {
            while (!written.isEmpty() && written.get(0).number <= upTo) {
                System.arraycopy(written.remove(0).bytes, 0, stable, sector * SECTOR, SECTOR);
            }
        });
        unstable.values().removeIf(List::isEmpty);
    }

    @Override
    public void listener(final BlockListener newListener) {
        listener = newListener;
    }

    @Override
    public long size() {
        return stable.length;
    }

    @Override
    public int sectorSize() {
        return SECTOR;
    }

    @Override
    public int memoryAlignment() {
        return SECTOR;
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return take(Kind.READ, token, address, length, offset, false);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        return take(Kind.WRITE, token, address, length, offset, durable);
    }

    @Override
    public boolean flush(final long token) {
        return take(Kind.FLUSH, token, 0, 0, 0, true);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        return take(Kind.ZERO, token, 0, length, offset, false);
    }

    private boolean take(
        final Kind kind, final long token, final long address, final long length, final long offset,
        final boolean durable) {
        if (offset < 0 || length < 0 || offset + length > stable.length || (offset | length | address) % SECTOR != 0) {
            throw new IllegalArgumentException(kind + " of " + length + " bytes at " + offset + " of " + stable.length);
        }
        underWay.add(new Operation(kind, token, address, length, offset, durable, versions));
        return true;
    }

    @Override
    public String describe() {
        return "volatile disk of " + stable.length + " bytes";
    }

    @Override
    public void close() {
        underWay.clear();
    }
}
