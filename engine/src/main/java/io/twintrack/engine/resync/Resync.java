package io.twintrack.engine.resync;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.volume.RequestListener;

public final class Resync implements RequestListener {
    public enum Mode { COPY, COMPARE, PULL }
    public interface Saver { void save(long from, long to, StatusListener l); }
    private final PairIo io; private final ChangedTracks tracks; private final SlotPool slots; private final Saver saver;
    private Mode mode; private long cursor; private int outstanding; private boolean running; private boolean finished; private boolean flushing; private boolean failed;
    private long copied; private final long[] offs = new long[4096]; private final int[] lens = new int[4096];
    public Resync(PairIo io, ChangedTracks tracks, SlotPool slots, Pacing pacing, Saver saver) { this.io = io; this.tracks = tracks; this.slots = slots; this.saver = saver; }
    public void begin(Mode m, long now) { mode = m; cursor = 0; running = true; finished = false; failed = false; copied = 0; }
    public void interrupt() { running = false; }
    public boolean isFinished() { return finished; }
    public long copiedBytes() { return copied; }
    public ResyncStatus status(ResyncStatus.Kind kind) { return new ResyncStatus(kind, ResyncStatus.Direction.PUSH, 0, 0, 0, -1); }
    public int poll(long now) {
        if (!running || finished || flushing) return 0;
        int work = 0;
        while (outstanding < 8 && slots.free() > slots.count() / 2) {
            if (cursor >= io.size()) { if (outstanding > 0 || tracks.count() == 0) break; cursor = 0; }
            long off = tracks.nextMarked(cursor);
            if (off < 0) { cursor = io.size(); if (outstanding > 0 || tracks.count() == 0) break; cursor = 0; continue; }
            int len = (int) Math.min(tracks.runLength(off, Math.min(slots.slotLength(), io.maxTransfer())), io.size() - off);
            int slot = slots.claim();
            offs[slot] = off; lens[slot] = len; outstanding++;
            boolean ok = switch (mode) { case COPY -> io.copy(slots.address(slot), len, off, this, slot); case COMPARE -> io.compareAndCopy(slots.address(slot), len, off, this, slot); case PULL -> io.pull(slots.address(slot), len, off, this, slot); };
            if (!ok) { outstanding--; slots.release(slot); break; }
            cursor = off + len; work++;
        }
        if (outstanding == 0 && tracks.count() == 0) { flushing = io.flushBoth(this, -1); work++; }
        return work;
    }
    @Override public void onComplete(long tag, Status status) {
        if (tag == -1) { flushing = false; finished = status == Status.OK && running && tracks.count() == 0; return; }
        outstanding--;
        if (status == Status.OK) { tracks.clear(offs[(int) tag], lens[(int) tag]); copied += lens[(int) tag]; }
        slots.release((int) tag);
    }
}
