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
import io.twintrack.engine.volume.Volume;

/**
 * The volume that clients write to. A write goes to this node's disk and to the target at the same time, from the
 * same memory, and completes when both are done. Writes that overlap run one after the other on both sides.
 */
public final class PrimaryVolume implements Volume {
    /** The longest range that one request may zero: what fits the wire's 32-bit length, in whole sectors. */
    private static final long MAX_ZERO_LENGTH = 0xFFFF_F000L;

    private final String name;
    private final int shortId;
    private final BlockDevice device;
    private final DiskQueue<Request> disk;
    private final int maxTransfer;
    private final RequestPool requests;
    private final OriginSession session;
    private final Counters counters;
    private final RangeLock ranges;
    private final BlockHash hash = new BlockHash();
    private final PairMonitor pair;
    private boolean startingFreed;
    private boolean stopping;

    PrimaryVolume(
        final String name, final int shortId, final BlockDevice device, final int maxTransfer,
        final RequestPool requests, final OriginSession session, final Counters counters, final PairMonitor pair) {
        this.name = name;
        this.shortId = shortId;
        this.device = device;
        this.maxTransfer = maxTransfer;
        this.requests = requests;
        this.session = session;
        this.counters = counters;
        this.pair = pair;
        this.ranges = new RangeLock(requests.capacity());
        this.disk = new DiskQueue<>(device, requests.capacity(), requests::get, this::onDiskComplete);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public int sectorSize() {
        return device.sectorSize();
    }

    @Override
    public int maxTransfer() {
        return maxTransfer;
    }

    @Override
    public Status serving() {
        return stopping ? Status.STOPPING : pair.isServing() ? Status.OK : Status.NOT_READY;
    }

    int shortId() {
        return shortId;
    }

    public PairMonitor pair() {
        return pair;
    }

    @Override
    public boolean read(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        final Status refusal = refusal(offset, length, maxTransfer);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final Request request = claim(null, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.READS);
        request.step = Step.READ;
        startLocal(request);
        return true;
    }

    @Override
    public boolean write(
        final long address, final int length, final long offset, final boolean durable,
        final RequestListener listener, final long tag) {
        final Status refusal = mutationRefusal(offset, length, maxTransfer);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final Request request = claim(Operation.WRITE, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.WRITES);
        request.durable = durable;
        request.step = Step.WRITE;
        lockRange(request);
        return true;
    }

    @Override
    public boolean zero(
        final long offset, final long length, final boolean deallocate, final boolean durable,
        final RequestListener listener, final long tag) {
        final Status refusal = mutationRefusal(offset, length, MAX_ZERO_LENGTH);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final Request request = claim(Operation.ZERO, 0, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.ZEROES);
        request.durable = durable;
        request.deallocate = deallocate;
        request.step = Step.ZERO;
        lockRange(request);
        return true;
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        final Status refusal = mutationRefusal(0, 0, 0);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final Request request = claim(Operation.FLUSH, 0, 0, 0, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.FLUSHES);
        request.step = Step.FLUSH;
        start(request);
        return true;
    }

    /**
     * Compares a range with the target under its range lock, and copies it there when it differs.
     *
     * @return false when no request is free.
     */
    boolean compare(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        final Request request = claim(Operation.COMPARE, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        request.comparison = true;
        request.step = Step.READ;
        lockRange(request);
        return true;
    }

    /** Flushes both sides at the end of a comparison, whatever the state of the pair. */
    boolean flushBoth(final RequestListener listener, final long tag) {
        final Request request = claim(Operation.FLUSH, 0, 0, 0, listener, tag);
        if (request == null) {
            return false;
        }
        request.comparison = true;
        request.step = Step.FLUSH;
        start(request);
        return true;
    }

    /** Flushes this node's disk alone, at the end. */
    void flushLocally(final RequestListener listener, final long tag) {
        final Request request = claim(null, 0, 0, 0, listener, tag);
        request.step = Step.FLUSH;
        startLocal(request);
    }

    private Request claim(
        final Operation operation, final long address, final long offset, final long length,
        final RequestListener listener, final long tag) {
        final Request request = requests.claim();
        if (request == null) {
            counters.increment(Counter.REQUESTS_REFUSED);
            return null;
        }
        request.set(this, operation, address, offset, length, listener, tag);
        return request;
    }

    private Status mutationRefusal(final long offset, final long length, final long maxLength) {
        final Status refusal = refusal(offset, length, maxLength);
        return refusal == Status.OK ? pair.mutationRefusal() : refusal;
    }

    private Status refusal(final long offset, final long length, final long maxLength) {
        if (serving() != Status.OK) {
            return serving();
        }
        if (offset < 0 || length < 0 || offset > size() || length > size() - offset) {
            return Status.OUT_OF_RANGE;
        }
        final boolean whole = ((offset | length) & (sectorSize() - 1)) == 0;
        final boolean lengthAllowed = maxLength == 0 ? length == 0 : length > 0 && length <= maxLength;
        return whole && lengthAllowed ? Status.OK : Status.INVALID;
    }

    private boolean refuse(final Status refusal, final RequestListener listener, final long tag) {
        counters.ended(refusal);
        listener.onComplete(tag, refusal);
        return true;
    }

    private void lockRange(final Request request) {
        request.holdsRange = true;
        if (ranges.acquire(request.index, request.offset, request.length)) {
            start(request);
        } else {
            counters.increment(Counter.RANGE_WAITS);
        }
    }

    /** Both parts begin here, at the same time. A comparison has to read before it can ask. */
    private void start(final Request request) {
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
        request.remotePart(request.operation == Operation.WRITE ? session.fragments(request.length) : 1);
        session.send(request);
    }

    private void startLocal(final Request request) {
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
        if (request.step == Step.FLUSH) {
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
        if (heldRange) {
            ranges.release(request.index);
        }
        requests.release(request);
        counters.ended(status);
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

    /** Takes no more requests from clients. Those on their way go on. */
    void stop() {
        stopping = true;
        pair.stop();
    }

    /** This node's disk. */
    DiskQueue<Request> disk() {
        return disk;
    }
}
