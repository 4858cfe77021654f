package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.origin.Request.Kind;
import io.twintrack.engine.pair.Refused;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.resync.PairIo;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;

/**
 * The volume that clients write to. A write goes to this node's disk and to the target at the same time, from the
 * same memory, and completes when both are done. Writes that overlap run one after the other on both sides. What it
 * may do is the pair's to say, see {@link Conduct}.
 */
public final class PrimaryVolume implements Volume, PairIo {
    private final String name;
    private final int shortId;
    private final BlockDevice device;
    private final int maxTransfer;
    private final RequestPool requests;
    private final Counters counters;
    private final RequestFlow flow;
    private final Conduct conduct;
    private final OriginSession session;
    private final OriginPair pair;
    private long size;
    private boolean stopping;

    /** @param size what clients see, at most what the device has. */
    PrimaryVolume(
        final String name, final int shortId, final BlockDevice device, final long size, final int maxTransfer,
        final RequestPool requests, final OriginSession session, final Counters counters, final OriginPair pair,
        final Conduct conduct, final SideStore store) {
        this.name = name;
        this.shortId = shortId;
        this.device = device;
        this.size = size;
        this.maxTransfer = maxTransfer;
        this.requests = requests;
        this.counters = counters;
        this.conduct = conduct;
        this.session = session;
        this.pair = pair;
        this.flow = new RequestFlow(device, requests, session, conduct, store.intent(), store.tracks(), counters);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    /** In bytes, at most what the device has. Clients see it when they attach the next time. */
    public void resize(final long newSize) {
        size = newSize;
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
        return stopping ? Status.STOPPING : conduct.serving();
    }

    @Override
    public Refused servingRefusal() {
        return stopping ? null : conduct.servingRefusal();
    }

    @Override
    public boolean isReadOnly() {
        return conduct.mutationRefusal() == Status.READ_ONLY;
    }

    int shortId() {
        return shortId;
    }

    OriginPair pair() {
        return pair;
    }

    @Override
    public void onClientAttached() {
        conduct.onClients(1);
    }

    @Override
    public void onClientGone() {
        conduct.onClients(-1);
    }

    @Override
    public boolean read(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        final Status refusal = refusal(offset, length, maxTransfer);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final Request request = claim(Kind.READ, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.READS);
        request.step = Step.READ;
        flow.start(request);
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
        final Request request = claim(Kind.WRITE, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.WRITES);
        request.operation = Operation.WRITE;
        request.durable = durable;
        request.step = Step.WRITE;
        flow.startInRange(request);
        return true;
    }

    @Override
    public boolean zero(
        final long offset, final long length, final boolean deallocate, final boolean durable,
        final RequestListener listener, final long tag) {
        final Status refusal = mutationRefusal(offset, length, Long.MAX_VALUE);
        if (refusal != Status.OK) {
            return refuse(refusal, listener, tag);
        }
        final long piece = Math.min(length, RequestFlow.MAX_PIECE);
        final Request request = claim(Kind.ZERO, 0, offset, piece, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.ZEROES);
        request.operation = Operation.ZERO;
        request.rest = length - piece;
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
        final Request request = claimFlush(Kind.FLUSH, listener, tag);
        if (request == null) {
            return false;
        }
        counters.increment(Counter.FLUSHES);
        flow.start(request);
        return true;
    }

    @Override
    public long clientRequests() {
        return flow.counts().moves();
    }

    @Override
    public boolean copy(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return startSync(Kind.COPY, address, length, offset, listener, tag);
    }

    @Override
    public boolean compareAndCopy(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return startSync(Kind.COMPARE_AND_COPY, address, length, offset, listener, tag);
    }

    @Override
    public boolean compare(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return startSync(Kind.COMPARE, address, length, offset, listener, tag);
    }

    @Override
    public boolean pull(
        final long address, final int length, final long offset, final RequestListener listener, final long tag) {
        return startSync(Kind.PULL, address, length, offset, listener, tag);
    }

    private boolean startSync(
        final Kind kind, final long address, final int length, final long offset, final RequestListener listener,
        final long tag) {
        final Request request = claim(kind, address, offset, length, listener, tag);
        if (request == null) {
            return false;
        }
        request.step = Step.READ;
        flow.startInRange(request);
        return true;
    }

    @Override
    public boolean flushBoth(final RequestListener listener, final long tag) {
        return startFlush(Kind.FLUSH_BOTH, listener, tag);
    }

    /** Flushes this node's disk alone. */
    public boolean flushHere(final RequestListener listener, final long tag) {
        return startFlush(Kind.FLUSH_HERE, listener, tag);
    }

    private boolean startFlush(final Kind kind, final RequestListener listener, final long tag) {
        final Request request = claimFlush(kind, listener, tag);
        if (request == null) {
            return false;
        }
        flow.start(request);
        return true;
    }

    private Request claimFlush(final Kind kind, final RequestListener listener, final long tag) {
        final Request request = claim(kind, 0, 0, 0, listener, tag);
        if (request != null) {
            request.operation = Operation.FLUSH;
            request.step = Step.FLUSH;
        }
        return request;
    }

    /**
     * Asks the target something that is no client's business, and puts the payload of its answer where it is wanted.
     *
     * @param offset of the volume that is asked about, 0 to its size.
     * @return false when no request is free.
     */
    public boolean ask(final Question question, final RequestListener listener, final long tag) {
        final Request request = claim(Kind.ASK, question.address, question.offset, question.length, listener, tag);
        if (request == null) {
            return false;
        }
        request.operation = question.operation;
        request.payloadLength = question.payloadLength;
        request.replyAddress = question.replyAddress;
        request.replyLength = question.replyLength;
        flow.start(request);
        return true;
    }

    private Request claim(
        final Kind kind, final long address, final long offset, final long length, final RequestListener listener,
        final long tag) {
        final Request request = kind.isPairs() ? requests.claimQuestion() : requests.claim();
        if (request == null) {
            counters.increment(Counter.REQUESTS_REFUSED);
            return null;
        }
        request.set(this, kind, address, offset, length, listener, tag);
        if (kind.isClients()) {
            flow.counts().began();
        }
        return request;
    }

    private Status mutationRefusal(final long offset, final long length, final long maxLength) {
        final Status refusal = refusal(offset, length, maxLength);
        return refusal == Status.OK ? conduct.mutationRefusal() : refusal;
    }

    private Status refusal(final long offset, final long length, final long maxLength) {
        if (serving() != Status.OK) {
            return serving();
        }
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
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

    /** Client changes that were begun and have not ended. */
    public int changing() {
        return flow.changing();
    }

    /** Requests are on their way that were begun before the volume shrank, and reach behind its end. */
    public boolean reachesBehindEnd() {
        return requests.reachesBehind(this, size);
    }

    /** In bytes: what the answer to one frame carries at most. */
    public int longestAnswer() {
        return session.longestReplyPayload();
    }

    /** To this peer, by all volumes of the HBA. */
    public long framesResent() {
        return counters.get(Counter.FRAMES_RESENT);
    }

    /** Of clients, since the node started. */
    public RequestCounts counts() {
        return flow.counts();
    }

    /** What {@link Conduct#isHolding} held goes on. */
    public void resume() {
        flow.resume();
    }

    /** What waits for the target goes on without it; no frame of this volume is on its way. */
    public void abandonTarget() {
        session.abandon(this);
    }

    /** The pair has detached itself and is going to attach again; nothing of it is on its way any more. */
    public void meetAgain() {
        session.meetAgain(this);
    }

    /** What waits for the target is sent, whole and in the order in which it came. */
    public void sendWaiting() {
        session.sendWaiting(this);
    }

    /** Takes no more requests from clients. Those on their way go on. */
    public void stop() {
        stopping = true;
    }

    /** Nothing of it is on its way. It looks at every request. */
    public boolean isQuiet() {
        return !requests.holdsAnyOf(this);
    }

    /** A request's regions are marked durably, or cannot be. */
    public void onIntent(final int holder, final Status status) {
        flow.onIntent(holder, status);
    }

    RequestFlow flow() {
        return flow;
    }
}
