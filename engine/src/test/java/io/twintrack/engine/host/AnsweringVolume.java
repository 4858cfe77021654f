package io.twintrack.engine.host;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;

/** Answers everything at once and does nothing, so that only the way to it is seen. */
final class AnsweringVolume implements Volume {
    @Override
    public String name() {
        return "answering";
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

    @Override
    public boolean read(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return answer(listener, tag);
    }

    @Override
    public boolean write(
        final long address,
        final int length,
        final long offset,
        final boolean durable,
        final RequestListener listener,
        final long tag) {
        return answer(listener, tag);
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        return answer(listener, tag);
    }

    @Override
    public boolean zero(
        final long offset,
        final long length,
        final boolean deallocate,
        final boolean durable,
        final RequestListener listener,
        final long tag) {
        return answer(listener, tag);
    }

    private static boolean answer(final RequestListener listener, final long tag) {
        listener.onComplete(tag, Status.OK);
        return true;
    }
}
