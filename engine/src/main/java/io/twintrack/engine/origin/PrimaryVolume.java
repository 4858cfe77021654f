package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.port.BlockDevice;
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
    private final int maxTransfer;
    private final RequestPool requests;
    private final Counters counters;
    private final RequestFlow flow;
    private final PairMonitor pair;
    private boolean stopping;

    PrimaryVolume(
        final String name, final int shortId, final BlockDevice device, final int maxTransfer,
        final RequestPool requests, final OriginSession session, final Counters counters, final PairMonitor pair) {
        this.name = name;
        this.shortId = shortId;
        this.device = device;
        this.maxTransfer = maxTransfer;
        this.requests = requests;
        this.counters = counters;
        this.pair = pair;
        this.flow = new RequestFlow(device, requests, session, pair, counters);
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
        flow.startLocal(request);
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
        flow.startInRange(request);
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
        flow.startInRange(request);
        return true;
    }

    @Override
    public boolean flush(final RequestListener listener, final long tag) {
        final Status refusal = mutationRefusal(0, 0, 0);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        if (pair.holdsFlushes()) {
            return false;
        }
        final Request request = claim(Operation.FLUSH, 0, 0, 0, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.FLUSHES);
        request.step = Step.FLUSH;
        flow.start(request);
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
        flow.startInRange(request);
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
        flow.start(request);
        return true;
    }

    /** Flushes this node's disk alone, at the end. */
    void flushLocally(final RequestListener listener, final long tag) {
        final Request request = claim(null, 0, 0, 0, listener, tag);
        request.step = Step.FLUSH;
        flow.startLocal(request);
    }

    /**
     * Asks the target something that is no client's business, and puts the payload of its answer where it is wanted.
     *
     * @return false when no request is free.
     */
    public boolean ask(final Question question, final RequestListener listener, final long tag) {
        final Request request = requests.claimQuestion();
        if (request == null) {
            return false;
        }
        request.set(this, question.operation, question.address, question.offset, question.length, listener, tag);
        request.asked = true;
        request.payloadLength = question.payloadLength;
        request.replyAddress = question.replyAddress;
        request.replyLength = question.replyLength;
        flow.startQuestion(request);
        return true;
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

    /** Takes no more requests from clients. Those on their way go on. */
    void stop() {
        stopping = true;
        pair.stop();
    }

    RequestFlow flow() {
        return flow;
    }
}
