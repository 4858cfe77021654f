package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.disk.DiskQueue;
import io.twintrack.engine.frame.BlockHash;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.volume.RangeLock;
import io.twintrack.engine.volume.RequestListener;

/**
 * Takes the requests of one volume from their start to their completion: the range lock first, then this node's disk
 * and the target at the same time, and the listener when neither is outstanding. HBA's thread only.
 */
final class RequestFlow {
    private final RequestPool requests;
    private final OriginSession session;
    private final PairMonitor pair;
    private final Counters counters;
    private final RangeLock ranges;
    private final DiskQueue<Request> disk;
    private final BlockHash hash = new BlockHash();
    private boolean startingFreed;

    RequestFlow(
        final BlockDevice device, final RequestPool requests, final OriginSession session, final PairMonitor pair,
        final Counters counters) {
        this.requests = requests;
        this.session = session;
        this.pair = pair;
        this.counters = counters;
        this.ranges = new RangeLock(requests.capacity());
        this.disk = new DiskQueue<>(device, requests.capacity(), requests::get, this::onDiskComplete);
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

    /** Both parts begin here, at the same time. A comparison has to read before it can ask. */
    void start(final Request request) {
        if (!request.comparison && pair.mutationRefusal() != Status.OK) {
            request.failed(pair.mutationRefusal());
            complete(request);
            return;
        }
        startLocal(request);
        if (request.operation != Operation.COMPARE) {
            startRemote(request);
        }
    }

    private void startRemote(final Request request) {
        request.remotePart(session.fragments(request));
        session.send(request, pair.isAttached());
    }

    /** A question has no part on this node's disk. */
    void startQuestion(final Request request) {
        startRemote(request);
        complete(request);
    }

    void startLocal(final Request request) {
        request.localPending = true;
        disk.start(request);
    }

    private void onDiskComplete(final Request request, final Status status) {
        request.localPending = false;
        if (status != Status.OK) {
            onLocalError(request, status);
        } else if (request.operation == Operation.COMPARE && request.status == Status.OK) {
            ask(request);
        }
        complete(request);
    }

    private void onLocalError(final Request request, final Status status) {
        request.failed(status);
        pair.onDeviceError(status, request.offset);
        // A durable write that the device failed may have failed in its flush.
        if (request.step == Step.FLUSH || request.durable && status == Status.IO_ERROR) {
            pair.onFlushFailed(status);
        }
    }

    private void ask(final Request request) {
        hash.compute(request.address, (int) request.length);
        request.hashLow = hash.low();
        request.hashHigh = hash.high();
        counters.increment(Counter.BLOCKS_COMPARED);
        startRemote(request);
    }

    /** One frame of the request was answered. */
    void onAnswer(final Request request, final Outcome outcome) {
        request.fragmentsAnswered++;
        if (outcome == Outcome.DIFFERENT && request.operation == Operation.COMPARE
            && pair.state() != PairState.FAILED) {
            counters.increment(Counter.BLOCKS_COPIED);
            pair.onCopied(request.length);
            request.operation = Operation.WRITE;
            startRemote(request);
        }
        complete(request);
    }

    /** One frame of the request was answered with an error that sending it again would not mend. */
    void onRefusal(final Request request, final Status error) {
        request.fragmentsAnswered++;
        request.failed(error);
        complete(request);
    }

    /** The target is lost: the request ends without it, once this node's disk is done with the memory. */
    void abandon(final Request request) {
        request.failed(Status.PEER_LOST);
        request.noRemotePart();
        complete(request);
    }

    private void complete(final Request request) {
        if (!request.isComplete()) {
            return;
        }
        final RequestListener listener = request.listener;
        final long tag = request.tag;
        final Status status = request.status;
        final boolean mayDiffer = status != Status.OK && (request.holdsRange || request.operation == Operation.FLUSH);
        final boolean heldRange = request.holdsRange;
        final boolean question = request.asked;
        if (heldRange) {
            ranges.release(request.index);
        }
        requests.release(request);
        if (!question) {
            counters.ended(status);
        }
        if (mayDiffer) {
            pair.onMayDiffer(status);
        }
        if (heldRange) {
            startFreed();
        }
        listener.onComplete(tag, status);
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
