package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import io.twintrack.engine.port.IoQueue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A memory disk that misbehaves on demand: completions that wait until they are released, that come in an order drawn
 * from a seed, operations that fail by range, a queue that is full. Test's thread only.
 */
public final class FaultyBlockDevice implements BlockDevice, IoQueue {
    private record Completion(long token, Status status) {
    }

    private record BadRange(long from, long to, boolean reads, boolean writes, Status status) {
    }

    private final MemoryBlockDevice disk;
    private final List<Completion> done = new ArrayList<>();
    private final List<BadRange> badRanges = new ArrayList<>();
    private BlockListener listener;
    private Random order;
    private boolean holding;
    private int allowed;
    private int refusals;
    private Status flushStatus = Status.OK;

    // What was asked of it, for tests to look at.
    private int started;
    private int refused;
    private int flushes;
    private int durableWrites;
    private int inFlight;
    private int mostInFlight;

    public FaultyBlockDevice(final MemoryBlockDevice disk) {
        this.disk = disk;
        disk.listener((token, status) -> done.add(new Completion(token, status)));
    }

    /** Completions wait from now on: see {@link #release(int)}. */
    public void hold() {
        holding = true;
        allowed = 0;
    }

    /** Lets this many more completions out, in later polls. */
    public void release(final int count) {
        allowed += count;
    }

    public void releaseAll() {
        holding = false;
    }

    /** Completions come in an order drawn from it. */
    public void reorder(final Random random) {
        order = random;
    }

    /** Operations that touch bytes from {@code from} to before {@code to} fail, with nothing done. Zeroing writes. */
    public void fail(
        final long from, final long to, final boolean reads, final boolean writes, final Status status) {
        badRanges.add(new BadRange(from, to, reads, writes, status));
    }

    public void failFlushes(final Status status) {
        flushStatus = status;
    }

    public void heal() {
        badRanges.clear();
        flushStatus = Status.OK;
    }

    /** The next operations are not taken, as if the queue were full. */
    public void refuse(final int operations) {
        refusals = operations;
    }

    public MemoryBlockDevice disk() {
        return disk;
    }

    public int started() {
        return started;
    }

    public int refused() {
        return refused;
    }

    public int flushes() {
        return flushes;
    }

    public int durableWrites() {
        return durableWrites;
    }

    public int inFlight() {
        return inFlight;
    }

    public int mostInFlight() {
        return mostInFlight;
    }

    /** Completions that are done and wait to be let out, once {@link #poll()} has run. */
    public int waiting() {
        return done.size();
    }

    @Override
    public void listener(final BlockListener listener) {
        this.listener = listener;
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
    public boolean read(final long token, final long address, final int length, final long offset) {
        if (refuses()) {
            return false;
        }
        final Status status = statusOf(offset, length, false);
        return count(status == Status.OK ? disk.read(token, address, length, offset) : failed(token, status));
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        if (refuses()) {
            return false;
        }
        final Status status = statusOf(offset, length, true);
        final boolean taken = count(
            status == Status.OK ? disk.write(token, address, length, offset, durable) : failed(token, status));
        durableWrites += taken && durable ? 1 : 0;
        return taken;
    }

    @Override
    public boolean flush(final long token) {
        if (refuses()) {
            return false;
        }
        final boolean taken = count(flushStatus == Status.OK ? disk.flush(token) : failed(token, flushStatus));
        flushes += taken ? 1 : 0;
        return taken;
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        if (refuses()) {
            return false;
        }
        final Status status = statusOf(offset, length, true);
        return count(status == Status.OK ? disk.zero(token, offset, length, deallocate) : failed(token, status));
    }

    @Override
    public int poll() {
        disk.poll();
        int letOut = 0;
        final int most = done.size();
        while (letOut < most && !done.isEmpty() && (!holding || allowed > 0)) {
            allowed -= holding ? 1 : 0;
            final Completion next = done.remove(order == null ? 0 : order.nextInt(done.size()));
            inFlight--;
            letOut++;
            listener.onBlockComplete(next.token(), next.status());
        }
        return letOut;
    }

    @Override
    public int submit() {
        return disk.submit();
    }

    @Override
    public String describe() {
        return "faulty " + disk.describe();
    }

    @Override
    public void close() {
        disk.close();
    }

    private boolean refuses() {
        if (refusals == 0) {
            return false;
        }
        refusals--;
        refused++;
        return true;
    }

    private boolean count(final boolean taken) {
        if (taken) {
            started++;
            inFlight++;
            mostInFlight = Math.max(mostInFlight, inFlight);
        } else {
            refused++;
        }
        return taken;
    }

    private boolean failed(final long token, final Status status) {
        done.add(new Completion(token, status));
        return true;
    }

    private Status statusOf(final long offset, final long length, final boolean write) {
        for (final BadRange bad : badRanges) {
            final boolean touched = offset < bad.to() && bad.from() < offset + length;
            if (touched && (write ? bad.writes() : bad.reads())) {
                return bad.status();
            }
        }
        return Status.OK;
    }
}
