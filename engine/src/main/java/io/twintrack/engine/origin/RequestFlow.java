package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.disk.DiskQueue;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.IntentLog;
import io.twintrack.engine.origin.Request.Kind;
import io.twintrack.engine.origin.Request.Part;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.volume.RangeLock;
import io.twintrack.engine.volume.RequestListener;
import org.agrona.collections.IntArrayQueue;

/**
 * Takes the requests of one volume from their start to their completion: the range lock first, then the intent mark,
 * then this node's disk and the target at the same time, and the listener when neither is outstanding. HBA's thread
 * only.
 *
 * <p>A change that only one side carried out is answered well only when a durable record says that the sides differ
 * ({@link Conduct}); until then its answer is held.
 */
final class RequestFlow {
    /** A longer zeroing is cut into pieces, so that it holds neither the range nor the frame window for long. */
    static final long MAX_PIECE = 64L << 20;

    private final RequestPool requests;
    private final OriginSession session;
    private final Conduct conduct;
    private final Counters counters;
    private final IntentLog intent;
    private final ChangedTracks tracks;
    private final RangeLock ranges;
    private final DiskQueue<Request> disk;
    private final ReadSteps reads;
    private final CopySteps copySteps;
    private final EarlyAnswers early;
    private final IntArrayQueue heldStarts;
    private final IntArrayQueue heldAnswers;
    private final RequestCounts counts = new RequestCounts();
    private int changing;
    private boolean startingFreed;

    RequestFlow(
        final BlockDevice device, final RequestPool requests, final OriginSession session, final Conduct conduct,
        final IntentLog intent, final ChangedTracks tracks, final Counters counters) {
        this.requests = requests;
        this.session = session;
        this.conduct = conduct;
        this.intent = intent;
        this.tracks = tracks;
        this.counters = counters;
        ranges = new RangeLock(requests.capacity());
        disk = new DiskQueue<>(device, requests.capacity(), requests::get, this::onDiskComplete);
        reads = new ReadSteps(this, conduct, counters);
        copySteps = new CopySteps(this, counters);
        early = new EarlyAnswers(requests, conduct, counters);
        heldStarts = new IntArrayQueue(Math.max(requests.capacity(), 8), -1);
        heldAnswers = new IntArrayQueue(Math.max(requests.capacity(), 8), -1);
    }

    /** This node's disk. */
    DiskQueue<Request> disk() {
        return disk;
    }

    /** For what changes a range, or must not see it change: waits for earlier ones that overlap. */
    void startInRange(final Request request) {
        request.holdsRange = true;
        if (ranges.acquire(request.index, request.offset, request.length)) {
            start(request);
        } else {
            counters.increment(Counter.RANGE_WAITS);
        }
    }

    void start(final Request request) {
        if (!isRefused(request)
            && (!request.kind.needsIntent() || intent.begin(request.index, request.offset, request.length))) {
            request.holdsIntent = request.kind.needsIntent();
            begin(request);
        }
    }

    /** The request's regions are marked durably, or cannot be: then nothing of it may touch a disk. */
    void onIntent(final int index, final Status status) {
        final Request request = requests.get(index);
        if (status == Status.OK) {
            request.holdsIntent = true;
            beginIfAllowed(request);
        } else {
            request.failed(status);
            finish(request);
        }
    }

    private void begin(final Request request) {
        if (request.kind.isSettled() && conduct.isHolding()) {
            heldStarts.addInt(request.index);
            return;
        }
        switch (request.kind) {
            case WRITE, ZERO -> beginChange(request);
            case FLUSH -> {
                if (!early.holdsBack(request)) {
                    beginChange(request);
                }
            }
            case READ, REPAIR_READ, REMOTE_READ -> reads.begin(request);
            case PULL -> askForBytes(request);
            case COPY, COMPARE_AND_COPY, COMPARE, FLUSH_HERE -> startLocal(request);
            case FLUSH_BOTH -> {
                startLocal(request);
                startRemote(request);
            }
            case ASK -> startRemote(request);
        }
    }

    /** Both parts begin here, at the same time. */
    private void beginChange(final Request request) {
        request.counted = true;
        changing++;
        if (request.kind == Kind.FLUSH) {
            request.flushEpoch = intent.flushBegan();
        }
        request.sayHeld = early.asksForHeld(request);
        final boolean withTarget = conduct.usesTarget();
        if (!withTarget && request.kind.isMutation()) {
            tracks.mark(request.offset, request.length);
        }
        if (conduct.usesDisk()) {
            startLocal(request);
        }
        if (withTarget) {
            startRemote(request);
        }
        if (!request.isPending()) {
            request.failed(Status.IO_ERROR);
            finish(request);
        }
    }

    /** Their memory is the request's. */
    void askForBytes(final Request request) {
        request.operation = Operation.READ;
        request.replyAddress = request.address;
        request.replyLength = (int) request.length;
        startRemote(request);
    }

    void startRemote(final Request request) {
        if (!conduct.usesTarget() && request.kind.isClients()) {
            request.failed(Status.PEER_LOST);
            request.noRemotePart(Part.FAILED);
            onPartDone(request);
            return;
        }
        request.remotePart(session.fragments(request));
        session.send(request, conduct.isAttached());
        if (!request.isPending()) {
            onPartDone(request);
        }
    }

    void startLocal(final Request request) {
        request.local = Part.PENDING;
        disk.start(request);
    }

    private void onDiskComplete(final Request request, final Status status) {
        request.local = status == Status.OK ? Part.DONE : Part.FAILED;
        if (status != Status.OK) {
            request.failed(status);
            if (request.step == Step.READ) {
                conduct.onReadFailed(status, request.offset);
            } else {
                conduct.onDiskFailed(status, request.offset, request.step == Step.FLUSH || request.durable);
            }
        }
        onPartDone(request);
    }

    /** One more frame of the request is in the target's memory. */
    void onHeld(final Request request) {
        request.fragmentsHeld++;
        early.onPart(request);
    }

    /** One frame of the request was answered. */
    void onAnswer(final Request request, final Outcome outcome) {
        request.different |= outcome == Outcome.DIFFERENT;
        onFrameDone(request);
    }

    /** One frame of the request was answered with an error that sending it again would not mend. */
    void onRefusal(final Request request, final Status error) {
        request.failed(error);
        request.remoteStatus = error;
        onFrameDone(request);
    }

    private void onFrameDone(final Request request) {
        if (++request.fragmentsAnswered < request.fragments) {
            early.onPart(request);
            return;
        }
        request.remote = request.remoteStatus == Status.OK ? Part.DONE : Part.FAILED;
        if (request.remote == Part.FAILED && request.kind.needsTarget()) {
            conduct.onTargetFailed(request.remoteStatus, request.offset);
        }
        onPartDone(request);
    }

    /** The target is lost: the request goes on without it, once this node's disk is done with the memory. */
    void abandon(final Request request) {
        request.failed(Status.PEER_LOST);
        request.noRemotePart(Part.FAILED);
        onPartDone(request);
    }

    /** @see ReadSteps#isStaleOnTarget */
    boolean isStaleOnTarget(final Request request) {
        return reads.isStaleOnTarget(request);
    }

    private void onPartDone(final Request request) {
        if (request.isPending()) {
            early.onPart(request);
            return;
        }
        switch (request.kind) {
            case WRITE, ZERO, FLUSH -> settle(request);
            case READ, REPAIR_READ, REMOTE_READ -> finishUnless(reads.next(request), request);
            default -> finishUnless(copySteps.next(request), request);
        }
    }

    private void finishUnless(final boolean goesOn, final Request request) {
        if (!goesOn) {
            finish(request);
        }
    }

    /** Carried out on both sides, or on the one of which a durable record says that it goes on alone. */
    private void settle(final Request request) {
        final boolean here = request.local == Part.DONE || request.local == Part.NOT_ASKED && !conduct.usesDisk();
        final boolean there = request.remote == Part.DONE || request.remote == Part.NOT_ASKED;
        if (!(here && there) && request.kind.isMutation()) {
            tracks.mark(request.offset, request.length);
        }
        if (conduct.isHolding()) {
            heldAnswers.addInt(request.index);
            uncount(request);
            return;
        }
        // A disk that takes part no more has nothing: then only the target's answer counts.
        final boolean enough = here && there || request.local == Part.DONE && !conduct.usesTarget()
            || request.remote == Part.DONE && !conduct.usesDisk();
        if (enough) {
            request.status = Status.OK;
            onSettled(request);
        }
        finish(request);
    }

    private void onSettled(final Request request) {
        // A region that is retired leaves its changed tracks to stand for it, so while there are any they must be
        // durable first: that is the pair's retirement.
        if (request.kind == Kind.FLUSH && request.local == Part.DONE && request.remote == Part.DONE
            && tracks.count() == 0) {
            intent.flushed(request.flushEpoch);
        }
    }

    /** What was held goes on: answers first, then what waited to start. */
    void resume() {
        for (int i = heldAnswers.size(); i > 0; i--) {
            settle(requests.get(heldAnswers.pollInt()));
        }
        for (int i = heldStarts.size(); i > 0; i--) {
            beginIfAllowed(requests.get(heldStarts.pollInt()));
        }
    }

    /** It has waited, and whether it may change anything can be another matter by now. */
    private void beginIfAllowed(final Request request) {
        if (!isRefused(request)) {
            begin(request);
        }
    }

    private boolean isRefused(final Request request) {
        final Status refusal = request.kind.isSettled() ? conduct.mutationRefusal() : Status.OK;
        if (refusal != Status.OK) {
            request.failed(refusal);
            finish(request);
        }
        return refusal != Status.OK;
    }

    RequestCounts counts() {
        return counts;
    }

    /** Client changes that were begun and have not ended. */
    int changing() {
        return changing;
    }

    private void finish(final Request request) {
        uncount(request);
        if (request.holdsIntent) {
            request.holdsIntent = false;
            intent.end(request.offset, request.length);
        }
        if (request.rest > 0 && request.status == Status.OK) {
            nextPiece(request);
            return;
        }
        final RequestListener listener = request.listener;
        final long tag = request.tag;
        final Status status = request.status;
        if (request.answered) {
            finishAnswered(request);
        } else if (request.kind.isClients()) {
            counters.ended(status);
            counts.ended(request);
            release(request);
            listener.onComplete(tag, status);
        } else {
            // Resync clears marks while the range is still held.
            listener.onComplete(tag, status);
            release(request);
        }
    }

    private void finishAnswered(final Request request) {
        final RequestListener listener = request.listener;
        final long tag = request.tag;
        final Status status = request.status;
        counts.ended(request);
        early.ended(request);
        release(request);
        listener.onReleased(tag, status);
        for (Request flush = early.nextFlush(); flush != null; flush = early.nextFlush()) {
            beginIfAllowed(flush);
        }
    }

    private void uncount(final Request request) {
        if (request.counted) {
            request.counted = false;
            changing--;
        }
    }

    private void nextPiece(final Request request) {
        ranges.release(request.index);
        request.offset += request.length;
        request.length = Math.min(request.rest, MAX_PIECE);
        request.rest -= request.length;
        request.step = Step.ZERO;
        request.local = Part.NOT_ASKED;
        request.noRemotePart(Part.NOT_ASKED);
        startInRange(request);
        startFreed();
    }

    private void release(final Request request) {
        final boolean heldRange = request.holdsRange;
        if (heldRange) {
            ranges.release(request.index);
        }
        requests.release(request);
        if (heldRange) {
            startFreed();
        }
    }

    /** One that is refused frees the next: the outermost call takes them all, in order, whatever their number. */
    private void startFreed() {
        if (startingFreed) {
            return;
        }
        startingFreed = true;
        for (int next = ranges.next(); next != RangeLock.NONE; next = ranges.next()) {
            start(requests.get(next));
        }
        startingFreed = false;
    }
}
