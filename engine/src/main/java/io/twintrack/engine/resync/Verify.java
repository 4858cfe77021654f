package io.twintrack.engine.resync;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.engine.volume.RequestListener;

/**
 * Compares the whole of both sides by hash while clients go on: each range under its range lock, so that nothing on its
 * way is taken for a difference. A piece that differs is looked at again in small parts, and each part that differs is
 * reported once. It mends nothing: which side is right is for a person to say, and then {@link #repairFrom} copies the
 * reported ranges from there.
 *
 * <p>HBA's thread only; allocates nothing but in {@link #status}.
 */
public final class Verify implements RequestListener {
    /** Ranges that are listed; further ones are counted. */
    static final int MAX_RANGES = 1024;
    private static final int PART = 4096;
    private static final long FLUSH_TAG = -1;
    /** In a tag beside the slot: a part of a piece that differs. */
    private static final long PART_TAG = 1L << 32;

    private enum Step {
        IDLE, PIECES, REPAIR, FLUSH
    }

    private final PairIo io;
    private final Pieces pieces;
    private final Pacer pacer;
    private final int longestPiece;
    private final Differences differences = new Differences(MAX_RANGES, Pacer.DEPTH);
    private final Progress progress = new Progress();
    /** Pieces that differ and are still to be looked at in parts: no more than were on their way. */
    private final long[] coarse = new long[Pacer.DEPTH];

    private Step step = Step.IDLE;
    private boolean ran;
    private boolean brokenOff;
    private Role source = Role.PRIMARY;
    private int coarseCount;
    private long part;
    private long partsEnd;
    private long cursor;
    private long done;
    private boolean flushing;
    private boolean flushIsOurs;
    private Status status = Status.OK;
    private long errors;
    private long nowNs;

    public Verify(final PairIo io, final SlotPool slots, final Pacing pacing) {
        this.io = io;
        final int longest = Math.min(slots.slotLength(), io.maxTransfer());
        longestPiece = longest - longest % PART;
        pieces = new Pieces(slots);
        pacer = new Pacer(pacing, io, longestPiece);
    }

    /** Forgets what the last one found, and compares everything. */
    public void begin(final long beginNs) {
        differences.clear();
        start(Step.PIECES, io.size(), beginNs);
    }

    /** Copies the listed ranges from the side that is right, as far as they still differ. */
    public void repairFrom(final Role right, final long beginNs) {
        source = right;
        start(Step.REPAIR, differences.bytes(), beginNs);
    }

    private void start(final Step first, final long total, final long beginNs) {
        nowNs = beginNs;
        step = first;
        flushIsOurs = false;
        ran = true;
        brokenOff = false;
        coarseCount = 0;
        part = 0;
        partsEnd = 0;
        cursor = 0;
        done = 0;
        status = Status.OK;
        errors = 0;
        pieces.newWalk();
        pacer.start(nowNs);
        progress.start(total, nowNs);
    }

    /** @return an amount of work. */
    public int poll(final long pollNs) {
        nowNs = pollNs;
        if (step == Step.IDLE) {
            return 0;
        }
        pacer.look(pieces.outstanding(), nowNs);
        progress.done(done, nowNs);
        int begun = 0;
        while (beginNext()) {
            begun++;
        }
        return begun;
    }

    private boolean beginNext() {
        return switch (step) {
            case IDLE -> false;
            case PIECES -> beginCompare();
            case REPAIR -> beginRepair();
            case FLUSH -> !flushing && beginFlush();
        };
    }

    /** Parts of pieces that differ come first, so that few of these wait. */
    private boolean beginCompare() {
        if (part == partsEnd && coarseCount > 0) {
            part = coarse[--coarseCount];
            partsEnd = Math.min(part + longestPiece, io.size());
        }
        if (part < partsEnd) {
            final int length = (int) Math.min(PART, partsEnd - part);
            final boolean begun = beginPiece(part, length, PART_TAG);
            part += begun ? length : 0;
            return begun;
        }
        if (cursor < io.size() && coarseCount + pieces.outstanding() < coarse.length) {
            final int length = (int) Math.min(longestPiece, io.size() - cursor);
            final boolean begun = beginPiece(cursor, length, 0);
            cursor += begun ? length : 0;
            return begun;
        }
        return cursor == io.size() && endWhenDone();
    }

    private boolean endWhenDone() {
        if (pieces.outstanding() > 0) {
            return false;
        }
        step = step == Step.REPAIR ? Step.FLUSH : Step.IDLE;
        progress.done(done, nowNs);
        return true;
    }

    private boolean beginRepair() {
        final long offset = differences.next(cursor);
        if (offset < 0) {
            return endWhenDone();
        }
        final int length = differences.runLength(offset, longestPiece);
        final boolean begun = beginPiece(offset, length, 0);
        cursor = begun ? offset + length : cursor;
        return begun;
    }

    private boolean beginPiece(final long offset, final int length, final long kind) {
        if (!pacer.allows(length, pieces, nowNs)) {
            return false;
        }
        final int slot = pieces.claim(offset, length);
        if (slot == Pieces.NONE) {
            return false;
        }
        if (!start(pieces.address(slot), length, offset, slot | kind)) {
            pieces.release(slot);
            return false;
        }
        pacer.started(length, nowNs);
        return true;
    }

    private boolean start(final long address, final int length, final long offset, final long tag) {
        if (step == Step.PIECES) {
            return io.compare(address, length, offset, this, tag);
        }
        return source == Role.PRIMARY
            ? io.compareAndCopy(address, length, offset, this, tag) : io.pull(address, length, offset, this, tag);
    }

    private boolean beginFlush() {
        flushing = true;
        flushIsOurs = true;
        if (!io.flushBoth(this, FLUSH_TAG)) {
            flushing = false;
            return false;
        }
        return true;
    }

    @Override
    public void onComplete(final long tag, final Status result) {
        if (tag == FLUSH_TAG) {
            onFlushed(result);
            return;
        }
        final int slot = (int) tag;
        if (step != Step.IDLE && pieces.isCurrent(slot)) {
            onPiece(pieces.offset(slot), pieces.length(slot), (tag & PART_TAG) != 0, result);
        }
        pieces.release(slot);
    }

    /** One that began before this walk proves nothing: another one follows. */
    private void onFlushed(final Status result) {
        flushing = false;
        if (step == Step.FLUSH && flushIsOurs) {
            step = Step.IDLE;
            status = status == Status.OK ? result : status;
        }
    }

    private void onPiece(final long offset, final int length, final boolean isPart, final Status result) {
        done += isPart ? 0 : length;
        if (result == Status.OK && step == Step.REPAIR) {
            differences.removeRange(offset, length);
        } else if (result == Status.DIFFERENT && (isPart || length <= PART)) {
            differences.add(offset, length);
        } else if (result == Status.DIFFERENT) {
            coarse[coarseCount++] = offset;
        } else if (result != Status.OK) {
            onError(result);
        }
    }

    /** One bad sector is no reason to leave the rest unseen; a lost peer is. */
    private void onError(final Status error) {
        errors++;
        status = error;
        if (error != Status.IO_ERROR) {
            interrupt();
        }
    }

    /** Ends it where it is; what was found stays. Pieces on their way end as they like. */
    public void interrupt() {
        brokenOff |= isRunning();
        step = Step.IDLE;
        pieces.newWalk();
    }

    /** The volume shrinks: what was found is of another one. */
    public void forget() {
        interrupt();
        differences.clear();
        ran = false;
    }

    /** A verify or a repair. */
    public boolean isRunning() {
        return step != Step.IDLE;
    }

    private boolean isComplete() {
        return !isRunning() && !brokenOff && status == Status.OK;
    }

    /** Ranges that differ, by what is known now. */
    public long differences() {
        return differences.count();
    }

    /** Ranges that could not be compared or mended. */
    public long errors() {
        return errors;
    }

    /** OK, or the last error: then not everything was seen or mended. */
    public Status outcome() {
        return status;
    }

    /** @return {@code null} when none was begun yet. */
    public VerifyStatus status() {
        return ran ? new VerifyStatus(
            isRunning(), isComplete(), progress.done(), progress.total(), differences.count(), differences.ranges()) : null;
    }
}
