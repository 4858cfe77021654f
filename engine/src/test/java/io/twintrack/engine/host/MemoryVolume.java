package io.twintrack.engine.host;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A volume of plain memory that takes a few requests at once and ends them when told to. One thread. */
final class MemoryVolume implements Volume {
    static final int MAX_TRANSFER = 4096;

    final UnsafeBuffer bytes;
    /** What was executed, in order. */
    final List<String> executed = new ArrayList<>();
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private final int depth;

    MemoryVolume(final int size, final int depth) {
        bytes = new UnsafeBuffer(new byte[size]);
        this.depth = depth;
    }

    /** Ends up to this many requests. @return how many. */
    int complete(final int limit) {
        int count = 0;
        while (count < limit && !underWay.isEmpty()) {
            underWay.poll().run();
            count++;
        }
        return count;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public int sectorSize() {
        return 512;
    }

    @Override
    public Status serving() {
        return Status.OK;
    }

    @Override
    public int maxTransfer() {
        return MAX_TRANSFER;
    }

    @Override
    public boolean read(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return take("read " + length + " at " + offset, offset, length, listener, tag,
            () -> bytes.getBytes((int) offset, new UnsafeBuffer(address, length), 0, length));
    }

    @Override
    public boolean write(
        final long address,
        final int length,
        final long offset,
        final boolean durable,
        final RequestListener listener,
        final long tag) {
        return take("write " + length + " at " + offset + (durable ? " durable" : ""), offset, length, listener, tag,
            () -> bytes.putBytes((int) offset, new UnsafeBuffer(address, length), 0, length));
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        return take("flush", 0, 0, listener, tag, () -> { });
    }

    @Override
    public boolean zero(
        final long offset,
        final long length,
        final boolean deallocate,
        final boolean durable,
        final RequestListener listener,
        final long tag) {
        return take("zero " + length + " at " + offset + (deallocate ? " deallocate" : "")
            + (durable ? " durable" : ""),
            offset, length, listener, tag, () -> bytes.setMemory((int) offset, (int) length, (byte) 0));
    }

    private boolean take(
        final String what,
        final long offset,
        final long length,
        final RequestListener listener,
        final long tag,
        final Runnable effect) {
        if (offset < 0 || offset + length > size()) {
            listener.onComplete(tag, Status.OUT_OF_RANGE);
            return true;
        }
        if (underWay.size() == depth) {
            return false;
        }
        executed.add(what);
        underWay.add(() -> {
            effect.run();
            listener.onComplete(tag, Status.OK);
        });
        return true;
    }
}
