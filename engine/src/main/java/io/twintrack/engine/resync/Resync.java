package io.twintrack.engine.resync;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.volume.RequestListener;
import java.util.concurrent.TimeUnit;

/**
 * Brings the two sides of a pair in step: walks upwards through the changed tracks, again and again until none is
 * marked, and copies what it meets in runs of at most a slot, while clients go on.
 *
 * <p>A run that was copied is cleared in memory, while its range is still locked. Now and then both sides' data disks
 * are flushed and the track blocks are saved: only what such a flush covers is cleared durably. When it is broken off,
 * the runs that no flush has covered yet are marked again, and the next one goes on where this one was.
 *
 * <p>A run that could not be copied stays marked; the next pass tries it a track at a time, so that one bad sector
 * holds back no more than its own track. HBA's thread only; allocates nothing but in {@link #status}.
 */
public final class Resync implements RequestListener {
    /** Between flushes of both sides, whichever comes first. */
    static final long FLUSH_BYTES = 256L << 20;
    static final long FLUSH_NS = TimeUnit.SECONDS.toNanos(5);
    static final int MAX_RUNS = 8192;
    /** After an error. */
    static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long FLUSH_TAG = -1;

    public enum Mode {
        /** Changed tracks are sent as they are. */
        COPY,
        /** Hashes are compared first, and what differs is sent. */
        COMPARE,
        /** The redundant side is the source. */
        PULL
    }

    /** Makes the marks of a part of the volume durable. */
    @FunctionalInterface
    public interface Saver {
        void save(long fromOffset, long toOffset, StatusListener listener);
    }

    private final PairIo io;
    private final ChangedTracks tracks;
    private final Pieces pieces;
    private final Saver saver;
    private final Pacer pacer;
    private final int longestPiece;
    private final CopiedRuns copied = new CopiedRuns(MAX_RUNS);
    private final Progress progress = new Progress();
    private final StatusListener savedListener = this::onSaved;

    private Mode mode = Mode.COPY;
    private boolean running;
    private boolean finished;
    private boolean settling;
    private boolean flushDropped;
    private long cursor;
    private int pieceLimit;
    private long copiedBytes;
    private long errors;
    private Status lastError = Status.OK;
    private boolean passFailed;
    private long flushEpoch;
    private long settledNs;
    private long notBeforeNs;
    private long nowNs;

    /** Tracks must not be longer than a slot: a track is copied under one range lock. */
    public Resync(
        final PairIo io, final ChangedTracks tracks, final SlotPool slots, final Pacing pacing, final Saver saver) {
        final int longest = Math.min(slots.slotLength(), io.maxTransfer());
        if (tracks.trackSize() > longest) {
            throw new IllegalArgumentException(
                "tracks of " + tracks.trackSize() + " bytes do not fit into requests of " + longest);
        }
        longestPiece = longest - longest % tracks.trackSize();
        this.io = io;
        this.tracks = tracks;
        this.saver = saver;
        pieces = new Pieces(slots);
        pacer = new Pacer(pacing, io, longestPiece);
    }

    /** Begins, or goes on after {@link #interrupt}: the walk continues at its cursor, over all that is marked. */
    public void begin(final Mode how, final long beginNs) {
        mode = how;
        nowNs = beginNs;
        running = true;
        finished = false;
        copiedBytes = 0;
        errors = 0;
        lastError = Status.OK;
        passFailed = false;
        pieceLimit = longestPiece;
        settledNs = nowNs;
        notBeforeNs = nowNs;
        cursor = Math.min(cursor, io.size());
        pieces.newWalk();
        pacer.start(nowNs);
        progress.start(remaining(), nowNs);
    }

    /** @return an amount of work. */
    public int poll(final long pollNs) {
        nowNs = pollNs;
        if (!running || finished) {
            return 0;
        }
        pacer.look(pieces.outstanding(), nowNs);
        noteProgress();
        final int begun = nowNs - notBeforeNs >= 0 ? beginPieces() : 0;
        return begun + (isSettlingDue() && settle() ? 1 : 0);
    }

    private int beginPieces() {
        int begun = 0;
        while (copied.room() > pieces.outstanding() && beginPiece()) {
            begun++;
        }
        return begun;
    }

    private boolean beginPiece() {
        final long offset = tracks.nextMarked(cursor);
        if (offset == ChangedTracks.NONE) {
            return nextPass();
        }
        final int length = (int) tracks.runLength(offset, pieceLimit);
        if (!pacer.allows(length, pieces, nowNs)) {
            return false;
        }
        final int slot = pieces.claim(offset, length);
        if (slot == Pieces.NONE) {
            return false;
        }
        if (!start(pieces.address(slot), length, offset, slot)) {
            pieces.release(slot);
            return false;
        }
        pacer.started(length, nowNs);
        cursor = offset + length;
        return true;
    }

    private boolean start(final long address, final int length, final long offset, final int slot) {
        return switch (mode) {
            case COPY -> io.copy(address, length, offset, this, slot);
            case COMPARE -> io.compareAndCopy(address, length, offset, this, slot);
            case PULL -> io.pull(address, length, offset, this, slot);
        };
    }

    /** At the end of the volume: back to its beginning, when something is left to do that is not on its way. */
    private boolean nextPass() {
        if (pieces.outstanding() > 0 || tracks.count() == 0 || cursor == 0) {
            return false;
        }
        cursor = 0;
        pieceLimit = passFailed ? tracks.trackSize() : longestPiece;
        notBeforeNs = passFailed ? nowNs + RETRY_NS : nowNs;
        passFailed = false;
        return false;
    }

    @Override
    public void onComplete(final long tag, final Status status) {
        if (tag == FLUSH_TAG) {
            onFlushed(status);
            return;
        }
        final int slot = (int) tag;
        if (running && pieces.isCurrent(slot)) {
            onPiece(pieces.offset(slot), pieces.length(slot), status);
        }
        pieces.release(slot);
    }

    private void onPiece(final long offset, final int length, final Status status) {
        if (status == Status.OK) {
            // The range is still locked: nothing was written to it since it was copied.
            tracks.clear(offset, length);
            copied.add(offset, length);
            copiedBytes += length;
        } else {
            failed(status);
            passFailed = true;
        }
    }

    private void failed(final Status status) {
        errors++;
        lastError = status;
        if (status != Status.IO_ERROR) {
            notBeforeNs = nowNs + RETRY_NS;
        }
    }

    // -- flush both sides, then save the marks

    private boolean isSettlingDue() {
        if (settling || nowNs - notBeforeNs < 0) {
            return false;
        }
        final boolean through = tracks.count() == 0 && pieces.outstanding() == 0;
        final boolean late = copied.bytes() >= FLUSH_BYTES || copied.room() <= MAX_RUNS / 2
            || nowNs - settledNs >= FLUSH_NS && !copied.isEmpty();
        return through || late;
    }

    private boolean settle() {
        flushEpoch = tracks.flushBegan();
        copied.flushBegan();
        settling = true;
        flushDropped = false;
        if (!io.flushBoth(this, FLUSH_TAG)) {
            settling = false;
        }
        return settling;
    }

    private void onFlushed(final Status status) {
        if (status == Status.OK && running && !flushDropped) {
            copied.flushed();
            tracks.flushed(flushEpoch);
            saver.save(0, io.size(), savedListener);
            return;
        }
        settling = false;
        if (running && status != Status.OK) {
            failed(status);
            notBeforeNs = nowNs + RETRY_NS;
        }
    }

    private void onSaved(final Status status) {
        settling = false;
        settledNs = nowNs;
        if (status != Status.OK) {
            failed(status);
            notBeforeNs = nowNs + RETRY_NS;
        } else if (running && tracks.count() == 0 && pieces.outstanding() == 0 && copied.isEmpty()) {
            finished = true;
            noteProgress();
        }
    }

    // -- what others say and ask

    /**
     * Breaks it off, because the session is over or the node stops. What no flush has covered is marked again; the
     * cursor stays. Pieces on their way end as they like.
     */
    public void interrupt() {
        if (running) {
            running = false;
            pieces.newWalk();
            onSinkLostVolatileState();
        }
    }

    /** What was copied since the last flush of both sides may be gone: it is marked again. */
    public void onSinkLostVolatileState() {
        flushDropped = true;
        copied.markAgain(tracks);
    }

    /** Running, and not finished. */
    public boolean isRunning() {
        return running && !finished;
    }

    /** No track is marked, both sides' disks were flushed since, and the marks are saved. */
    public boolean isFinished() {
        return finished;
    }

    /** Bytes that were copied, or found to be equal, since {@link #begin}. */
    public long copiedBytes() {
        return copiedBytes;
    }

    /** How often something failed since {@link #begin}. */
    public long errors() {
        return errors;
    }

    /** OK when nothing failed. */
    public Status lastError() {
        return lastError;
    }

    public ResyncStatus status(final ResyncStatus.Kind kind) {
        return new ResyncStatus(
            kind, mode == Mode.PULL ? ResyncStatus.Direction.PULL : ResyncStatus.Direction.PUSH, progress.done(),
            progress.total(), progress.bytesPerSecond(), progress.secondsToGo());
    }

    private void noteProgress() {
        final long remaining = remaining();
        progress.total(Math.max(progress.total(), remaining));
        progress.done(progress.total() - remaining, nowNs);
    }

    private long remaining() {
        return Math.min(io.size(), tracks.count() * tracks.trackSize());
    }
}
