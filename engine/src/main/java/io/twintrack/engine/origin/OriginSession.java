package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameFault;
import io.twintrack.engine.frame.HelloWriter;
import io.twintrack.engine.frame.NodeId;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.ReplyReader;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's session as origin with one peer: opens it, sends the frames of all pairs that have their target there,
 * matches replies, sends again what stays unanswered, and gives up after the set number of tries.
 */
public final class OriginSession {
    private static final Logger LOG = LoggerFactory.getLogger(OriginSession.class);
    private static final long NO_HOST = 0;
    private static final long REFUSED_NS = TimeUnit.SECONDS.toNanos(1);
    /** A busy target is asked again after this part of the reply time-out. */
    private static final int BUSY_PART = 10;

    /** Whether frames can be sent. */
    private enum State {
        /** No link. */
        DOWN,
        /** Offering a session until the target answers. */
        CALLING,
        LIVE
    }

    private final String peerIqn;
    private final ReplicaLink link;
    private final long replyTimeoutNs;
    private final int maxTries;
    private final AckTracker acks;
    private final RequestPool requests;
    private final LongSupplier sessionIds;
    private final Counters counters;
    private final FrameSender sender;
    private final ReplyWatch watch;
    private final ReplyReader reply = new ReplyReader();
    private final FrameHandler replyHandler = this::onReply;
    private final SessionRequests waiting;
    private List<PrimaryVolume> volumes = List.of();
    private HelloWriter hello;

    private State state = State.DOWN;
    private long session;
    private long targetBootId;
    private long targetHostBootId = NO_HOST;
    private long refusals;
    private long nowNs;
    private long callAtNs;
    private long lostAtNs;
    private boolean lost;
    private Status lastRefusal = Status.OK;

    OriginSession(
        final String iqn, final String peerIqn, final ReplicaLink link, final long replyTimeoutNs, final int maxTries,
        final AckTracker acks, final RequestPool requests, final LongSupplier sessionIds, final Counters counters) {
        this.peerIqn = peerIqn;
        this.link = link;
        this.replyTimeoutNs = replyTimeoutNs;
        this.maxTries = maxTries;
        this.acks = acks;
        this.requests = requests;
        this.waiting = new SessionRequests(requests);
        this.sessionIds = sessionIds;
        this.counters = counters;
        this.sender = new FrameSender(link.frames(), ReplyWriter.longestPayload(link.replies().maxFrameLength()), acks,
            requests, counters, NodeId.of(iqn), NodeId.of(peerIqn));
        this.watch = new ReplyWatch(peerIqn, acks, sender, replyTimeoutNs, maxTries);
    }

    /** Which volumes it carries, once, before the first duty cycle. */
    void bind(final List<PrimaryVolume> primaryVolumes, final HelloWriter helloWriter) {
        volumes = primaryVolumes;
        waiting.volumes(primaryVolumes);
        hello = helloWriter;
    }

    public void onLinkUp(final long now) {
        if (!volumes.isEmpty()) {
            call(now, "the link is up");
        }
    }

    public void onLinkDown(final long now, final String reason) {
        if (state != State.DOWN) {
            lose(State.DOWN, now, reason);
        }
    }

    /** Takes replies off the wire. @return how many. */
    public int pollReplies(final long now, final int limit) {
        nowNs = now;
        return link.pollReplies(replyHandler, limit);
    }

    /** Sends what is due: offers, heartbeats, frames once more, and frames that wait. @return an amount of work. */
    public int poll(final long now) {
        nowNs = now;
        switch (state) {
            case DOWN -> {
            }
            case CALLING -> offer();
            case LIVE -> keepAlive();
        }
        if (lost && now - lostAtNs >= replyTimeoutNs * maxTries) {
            sever("no answer from " + peerIqn + " within " + maxTries + " tries");
        }
        return state == State.LIVE ? sender.pump(now + replyTimeoutNs) : 0;
    }

    int fragments(final Request request) {
        return sender.fragments(request);
    }

    /** In bytes: the longest answer to {@link Operation#TRACKS}. */
    public int longestReplyPayload() {
        return sender.longestReplyPayload();
    }

    /**
     * Sends the request's frames, now or, for what clients ask, once its pair is attached; all else ends with its
     * session.
     *
     * @param attached the request's pair is attached in this session; questions need not wait for that.
     */
    void send(final Request request, final boolean attached) {
        if (state == State.LIVE && (attached || request.asked)) {
            sender.enqueue(request);
        } else if (request.endsWithSession()) {
            request.failed(Status.PEER_LOST);
            request.noRemotePart();
        }
    }

    /** The pair is attached: what its clients asked meanwhile goes out, in order. */
    void sendWaiting(final PrimaryVolume volume) {
        if (state == State.LIVE) {
            waiting.sendAgain(volume, sender);
        }
    }

    /** The pair goes on without its target: all that waits for it ends. */
    void abandon(final PrimaryVolume volume) {
        waiting.abandonAll(volume);
    }

    private void offer() {
        if (nowNs - callAtNs >= 0) {
            sender.hello(hello);
            callAtNs = nowNs + replyTimeoutNs;
        }
    }

    private void keepAlive() {
        final String silence = watch.poll(nowNs);
        if (silence != null) {
            lose(State.CALLING, nowNs, silence);
            sever(silence);
        }
    }

    private int onReply(final DirectBuffer buffer, final int offset, final int length, final long token) {
        if (reply.wrap(buffer, offset, length) != FrameFault.NONE) {
            counters.increment(Counter.REPLIES_BAD);
            return FrameHandler.CONSUMED;
        }
        counters.increment(Counter.REPLIES_RECEIVED);
        if (reply.fields().session() != session || state == State.DOWN) {
            counters.increment(Counter.REPLIES_STALE);
        } else if (state == State.CALLING) {
            onOfferAnswered();
        } else {
            onFrameAnswered(reply.fields().messageId());
        }
        return FrameHandler.CONSUMED;
    }

    private void onOfferAnswered() {
        if (reply.outcome() == Outcome.WELCOME) {
            open();
        } else if (reply.outcome() == Outcome.ERROR && reply.status() == Status.STALE_SESSION) {
            call(nowNs, "the target has ended it already");
        } else if (reply.outcome() == Outcome.ERROR) {
            callAtNs = nowNs + REFUSED_NS;
            if (reply.status() != lastRefusal) {
                lastRefusal = reply.status();
                LOG.error("{} refuses the session: {}", peerIqn, lastRefusal);
            }
        }
    }

    private void onFrameAnswered(final long messageId) {
        if (reply.outcome() == Outcome.WELCOME && reply.fields().detail() != targetBootId) {
            // It opened the session anew from an offer that was repeated, and has forgotten what it held.
            lose(State.CALLING, nowNs, "the target was started anew");
            return;
        }
        if (!acks.isUnanswered(messageId)) {
            counters.increment(Counter.REPLIES_STALE);
            return;
        }
        switch (reply.outcome()) {
            case DONE, DIFFERENT, ATTACHED -> onDone(messageId, reply.outcome());
            case WORKING -> acks.wait(messageId, nowNs + replyTimeoutNs, 1);
            case ERROR -> onError(messageId, reply.status());
            case WELCOME -> counters.increment(Counter.REPLIES_STALE);
        }
    }

    private void onDone(final long messageId, final Outcome outcome) {
        final int index = acks.request(messageId);
        if (index == AckTracker.NO_REQUEST) {
            acks.answered(messageId);
            return;
        }
        final Request request = requests.get(index);
        if (request.replyAddress == 0) {
            acks.answered(messageId);
            request.volume.flow().onAnswer(request, outcome);
        } else if (!reply.payloadIntact()) {
            counters.increment(Counter.REPLIES_BAD);
            resendNow(messageId);
        } else if (!takePayload(request, acks.fragment(messageId))) {
            onRefused(messageId, Status.INVALID);
        } else {
            acks.answered(messageId);
            request.volume.flow().onAnswer(request, outcome);
        }
    }

    /** The one copy on this side: a reply's memory belongs to the link. @return whether it is as long as it should. */
    private boolean takePayload(final Request request, final int fragment) {
        final int expected = sender.replyLength(request, fragment);
        final int length = reply.payloadLength();
        if (request.operation.isQuestion() ? length != expected : length > expected) {
            return false;
        }
        UnsafeApi.copyMemory(
            reply.payloadAddress(), request.replyAddress + sender.replyOffset(request, fragment), length);
        counters.add(Counter.REPLY_BYTES_RECEIVED, length);
        return true;
    }

    /** What trying again can mend is tried again, as one of the tries; the rest is reported up and acknowledged. */
    private void onError(final long messageId, final Status status) {
        counters.increment(Counter.ERROR_REPLIES);
        sender.acknowledgeError(messageId);
        switch (status) {
            case STALE_SESSION -> lose(State.CALLING, nowNs, "the target does not know the session any more");
            case CHECKSUM -> resendNow(messageId);
            // It is alive and says so: as with WORKING, the tries start again.
            case BUSY -> acks.wait(messageId, nowNs + replyTimeoutNs / BUSY_PART, 1);
            default -> onRefused(messageId, status);
        }
    }

    private void resendNow(final long messageId) {
        final int tries = acks.tries(messageId);
        if (tries < maxTries) {
            acks.wait(messageId, nowNs + replyTimeoutNs, tries + 1);
            sender.resend(messageId);
        }
    }

    private void onRefused(final long messageId, final Status status) {
        final int index = acks.request(messageId);
        acks.answered(messageId);
        if (index != AckTracker.NO_REQUEST) {
            final Request request = requests.get(index);
            if (Long.bitCount(++refusals) == 1) {
                LOG.error("pair {}: {} answered {} to {} at byte {} ({} so far)",
                    request.volume.name(), peerIqn, status, request.operation, request.offset, refusals);
            }
            request.volume.flow().onRefusal(request, status);
        }
    }

    private void call(final long now, final String reason) {
        session = sessionIds.getAsLong();
        sender.session(session);
        callAtNs = now;
        state(State.CALLING, reason);
    }

    private void open() {
        lost = false;
        lastRefusal = Status.OK;
        targetBootId = reply.fields().detail();
        final long hostBootId = reply.fields().hostBootId();
        final boolean hostRestarted = targetHostBootId != NO_HOST && targetHostBootId != hostBootId;
        targetHostBootId = hostBootId;
        acks.reset();
        watch.begin(nowNs);
        counters.increment(Counter.SESSIONS_OPENED);
        state(State.LIVE, "the target opened it");
        for (final PrimaryVolume volume : volumes) {
            volume.pair().onSessionOpened(nowNs, hostRestarted);
        }
    }

    private void lose(final State next, final long now, final String reason) {
        final boolean wasLive = state == State.LIVE;
        if (next == State.CALLING) {
            call(now, reason);
        } else {
            state(next, reason);
        }
        acks.reset();
        if (wasLive) {
            lost = true;
            lostAtNs = now;
            counters.increment(Counter.SESSIONS_LOST);
            for (final PrimaryVolume volume : volumes) {
                volume.pair().onSessionLost(reason);
            }
            waiting.abandonBound();
        }
    }

    private void sever(final String reason) {
        lost = false;
        for (final PrimaryVolume volume : volumes) {
            volume.pair().onRetriesExhausted(reason);
        }
        waiting.abandonAll();
    }

    private void state(final State next, final String reason) {
        LOG.info("session {} with {}: {} -> {}: {}", Long.toHexString(session), peerIqn, state, next, reason);
        state = next;
    }
}
