package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameFault;
import io.twintrack.engine.frame.NodeId;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.ReplyReader;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.session.SessionKey;
import java.util.List;
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
    /** A busy target is asked again after this part of the reply time-out. */
    private static final int BUSY_PART = 10;

    /** Whether frames can be sent. */
    private enum State {
        /** No link. */
        DOWN,
        /** Asking for a session until the target gives one. */
        CALLING,
        LIVE
    }

    private final String peerIqn;
    private final ReplicaLink link;
    private final long replyTimeoutNs;
    private final int maxTries;
    private final AckTracker acks;
    private final RequestPool requests;
    private final Counters counters;
    private final FrameSender sender;
    private final ReplyWatch watch;
    private final ReplyReader reply = new ReplyReader();
    private final FrameHandler replyHandler = this::onReply;
    private final SessionRequests waiting;
    private final OriginHandshake handshake;
    private List<PrimaryVolume> volumes = List.of();

    private State state = State.DOWN;
    private SessionKey session = SessionKey.NONE;
    private long refusals;
    private long nowNs;
    private long lostAtNs;
    private boolean lost;
    private boolean linkUp;

    OriginSession(final Origin.Setup setup) {
        peerIqn = setup.peerIqn();
        link = setup.link();
        replyTimeoutNs = setup.replyTimeoutNs();
        maxTries = setup.tries();
        acks = setup.acks();
        requests = setup.requests();
        waiting = new SessionRequests(requests);
        counters = setup.counters();
        sender = new FrameSender(link.frames(), ReplyWriter.longestPayload(link.replies().maxFrameLength()), acks,
            requests, counters, NodeId.of(setup.iqn()), NodeId.of(peerIqn));
        watch = new ReplyWatch(peerIqn, acks, sender, replyTimeoutNs, maxTries);
        handshake = new OriginHandshake(setup, sender);
    }

    /** Which volumes it carries, once, before the first duty cycle. */
    void bind(final List<PrimaryVolume> primaryVolumes) {
        volumes = primaryVolumes;
        waiting.volumes(primaryVolumes);
    }

    /** A volume has joined, maybe while the session is open. */
    void begin(final PrimaryVolume volume) {
        if (state == State.LIVE) {
            volume.pair().onSessionOpened(nowNs);
        } else if (linkUp && state == State.DOWN) {
            call(nowNs, "there is a pair");
        }
    }

    public void onLinkUp(final long now) {
        linkUp = true;
        nowNs = now;
        if (!volumes.isEmpty()) {
            call(now, "the link is up");
        }
    }

    public void onLinkDown(final long now, final String reason) {
        linkUp = false;
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
            case CALLING -> handshake.poll(nowNs);
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
        if (state == State.LIVE && (attached || request.kind == Request.Kind.ASK)) {
            sender.enqueue(request);
        } else if (request.endsWithSession()) {
            request.failed(Status.PEER_LOST);
            request.noRemotePart(Request.Part.FAILED);
        }
    }

    /**
     * The pair is attached: what its clients asked meanwhile goes out, in order. Once each time that it is attached.
     */
    void sendWaiting(final PrimaryVolume volume) {
        if (state == State.LIVE) {
            waiting.sendAgain(volume, sender);
        }
    }

    /**
     * The pair goes on without its target: all that waits for it ends. Frames of it that are on their way would still
     * be carried out, so the session ends with them; the target waits for its disk before it opens another one.
     */
    void abandon(final PrimaryVolume volume) {
        if (state == State.LIVE && waiting.isOnItsWay(volume, sender)) {
            lose(State.CALLING, nowNs, "pair " + volume.name() + " goes on without its target");
        }
        waiting.abandonAll(volume);
    }

    /**
     * The pair is going to meet its target again. Of a request on its way a part may arrive before that and be kept,
     * and the rest be refused: the session ends with it, and it goes out again as a whole.
     */
    void meetAgain(final PrimaryVolume volume) {
        if (state == State.LIVE && waiting.isOnItsWay(volume, sender)) {
            lose(State.CALLING, nowNs, "pair " + volume.name() + " meets its target again");
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
        final FrameFault fault = reply.wrap(buffer, offset, length);
        if (fault != FrameFault.NONE && fault != FrameFault.UNKNOWN_SESSION) {
            counters.increment(Counter.REPLIES_BAD);
            return FrameHandler.CONSUMED;
        }
        counters.increment(Counter.REPLIES_RECEIVED);
        if (fault == FrameFault.UNKNOWN_SESSION || state == State.DOWN) {
            counters.increment(Counter.REPLIES_STALE);
        } else if (state == State.CALLING) {
            onHandshakeAnswered();
        } else if (reply.isOfSession()) {
            onFrameAnswered(reply.fields().messageId());
        } else {
            onClearReply(reply.fields().messageId());
        }
        return FrameHandler.CONSUMED;
    }

    private void onHandshakeAnswered() {
        switch (handshake.onReply(reply, nowNs)) {
            case WAIT -> {
            }
            case AGAIN -> call(nowNs, "the target has forgotten the attempt");
            case OPEN -> open();
        }
        reply.session(handshake.session());
    }

    /** A target that was started anew does not know the session, so it cannot say so within it. */
    private void onClearReply(final long messageId) {
        if (reply.fields().session() == session.id() && reply.outcome() == Outcome.ERROR
            && reply.status() == Status.STALE_SESSION && acks.isUnanswered(messageId)) {
            counters.increment(Counter.ERROR_REPLIES);
            lose(State.CALLING, nowNs, "the target does not know the session any more");
        } else {
            counters.increment(Counter.REPLIES_STALE);
        }
    }

    private void onFrameAnswered(final long messageId) {
        if (!acks.isUnanswered(messageId)) {
            counters.increment(Counter.REPLIES_STALE);
            return;
        }
        switch (reply.outcome()) {
            case DONE, DIFFERENT, ATTACHED -> onDone(messageId, reply.outcome());
            case WORKING -> acks.wait(messageId, nowNs + replyTimeoutNs, 1);
            case HELD -> onHeld(messageId);
            case ERROR -> onError(messageId, reply.status());
            case WELCOME, CHALLENGE -> counters.increment(Counter.REPLIES_STALE);
        }
    }

    private void onHeld(final long messageId) {
        acks.wait(messageId, nowNs + replyTimeoutNs, 1);
        final int index = acks.request(messageId);
        if (index != AckTracker.NO_REQUEST && acks.hold(messageId)) {
            requests.get(index).volume.flow().onHeld(requests.get(index));
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
            if (acks.hold(messageId)) {
                request.fragmentsHeld++;
            }
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
            case CHECKSUM -> resendNow(messageId);
            // It is alive and says so: as with WORKING, the tries start again.
            case BUSY -> acks.wait(messageId, nowNs + replyTimeoutNs / BUSY_PART, 1);
            default -> onRefused(messageId, status);
        }
    }

    /** @return why sessions are refused since the last one was opened, or OK. */
    Status refusal() {
        return handshake.refusal();
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
        session = SessionKey.NONE;
        sender.session(session);
        handshake.begin(now);
        reply.session(session);
        state(State.CALLING, reason);
    }

    private void open() {
        lost = false;
        session = handshake.session();
        sender.session(session);
        sender.longestReplyPayload(handshake.challenge().longestReplyPayload());
        acks.reset();
        watch.begin(nowNs);
        counters.increment(Counter.SESSIONS_OPENED);
        state(State.LIVE, "the target opened it");
        for (final PrimaryVolume volume : volumes) {
            volume.pair().onSessionOpened(nowNs);
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
            waiting.onSessionLost();
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
        LOG.info("session {} with {}: {} -> {}: {}", Long.toHexString(session.id()), peerIqn, state, next, reason);
        state = next;
    }
}
