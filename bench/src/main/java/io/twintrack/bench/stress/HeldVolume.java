package io.twintrack.bench.stress;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import org.agrona.UnsafeApi;

/** A volume that carries nothing out: it keeps what it is given, in order, until it is told to answer. */
final class HeldVolume implements Volume {
    private static final int MOST = 16;

    final long[] offsets = new long[MOST];
    /** The first 8 bytes of a write's memory, read when it was given. */
    final long[] values = new long[MOST];
    final long[] addresses = new long[MOST];
    int taken;

    private final RequestListener[] listeners = new RequestListener[MOST];
    private final long[] tags = new long[MOST];
    private int answered;

    @Override
    public boolean write(final long address, final int length, final long offset, final boolean durable,
        final RequestListener listener, final long tag) {
        values[taken] = UnsafeApi.getLong(address);
        return keep(address, offset, listener, tag);
    }

    @Override
    public boolean read(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return keep(address, offset, listener, tag);
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        return keep(0, 0, listener, tag);
    }

    @Override
    public boolean zero(final long offset, final long length, final boolean deallocate, final boolean durable,
        final RequestListener listener, final long tag) {
        return keep(0, offset, listener, tag);
    }

    private boolean keep(final long address, final long offset, final RequestListener listener, final long tag) {
        addresses[taken] = address;
        offsets[taken] = offset;
        listeners[taken] = listener;
        tags[taken] = tag;
        taken++;
        return true;
    }

    void completeAll(final Status status) {
        while (answered < taken) {
            listeners[answered].onComplete(tags[answered], status);
            answered++;
        }
    }

    void forget() {
        taken = 0;
        answered = 0;
    }

    @Override
    public String name() {
        return "held";
    }

    @Override
    public long size() {
        return 1 << 20;
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
        return 4096;
    }
}
