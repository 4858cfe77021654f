package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameFault;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.HelloReader;
import io.twintrack.engine.frame.NodeId;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import java.util.List;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's session as target of one peer. It refuses every frame that is damaged or of another session, carries
 * each frame out once, and answers it when it is done. A new session is opened only after the disk has finished all
 * that the old one asked: no write of the past may overtake one of the present.
 */
public final class TargetSession {
    private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);
    private static final long NO_SESSION = 0;
    private static final int REMEMBERED = 16;

    private final String iqn;
    private final String peerIqn;
    private final int nodeId;
    private final int peerNodeId;
    private final ReplicaLink link;
    private final DuplicateWindow window;
    private final Counters counters;
    private final ReplySender replies;
    private final FrameApplier applier;
    private final Attachments attachments;
    private final long hostBootId;
    private final FrameReader frame = new FrameReader();
    private final HelloReader hello = new HelloReader();
    private final FrameHandler handler = this::onFrame;
    private final long[] pastSessions = new long[REMEMBERED];
    private int pastCount;
    private long session = NO_SESSION;
    private long proposed = NO_SESSION;
    private Status lastRefusal = Status.OK;
    private boolean stopping;

    /** @param depth requests that can be on their way to disk at a time. */
    public TargetSession(
        final String iqn, final String peerIqn, final long bootId, final long hostBootId, final ReplicaLink link,
        final DuplicateWindow window, final SlotPool slots, final int depth, final Counters counters) {
        this.iqn = iqn;
        this.peerIqn = peerIqn;
        this.link = link;
        this.window = window;
        this.counters = counters;
        replies = new ReplySender(link.replies(), window, counters);
        nodeId = NodeId.of(iqn);
        peerNodeId = NodeId.of(peerIqn);
        replies.nodes(nodeId, peerNodeId, bootId, hostBootId);
        this.hostBootId = hostBootId;
        attachments = new Attachments(replies, window, counters);
        applier = new FrameApplier(link, window, replies, attachments, slots, depth, counters);
    }

    /** A volume that the peer may mirror to whenever its size fits. Before the first duty cycle. */
    public void add(final String pairName, final BlockDevice device) {
        add(pairName, device, new UnmanagedPair(device, hostBootId));
    }

    /** A volume that the peer may mirror to as far as its pair allows. */
    public void add(final String pairName, final BlockDevice device, final PairTarget pair) {
        attachments.add(applier.volume(pairName, pair, device));
    }

    /** Takes frames off the wire. @return how many. */
    public int pollFrames(final int limit) {
        return stopping ? 0 : link.pollFrames(handler, limit);
    }

    /** Sends answers that had to wait, and opens a session that had to wait. @return an amount of work. */
    public int poll() {
        int work = replies.poll() + applier.poll();
        for (int i = 0; i < volumes().size(); i++) {
            work += volumes().get(i).disk().poll();
        }
        if (proposed != NO_SESSION && applier.isIdle()) {
            open();
            work++;
        }
        return work;
    }

    public void onLinkDown(final String reason) {
        if (session != NO_SESSION || proposed != NO_SESSION) {
            end(reason);
        }
    }

    private int onFrame(final DirectBuffer buffer, final int offset, final int length, final long token) {
        if (frame.wrap(buffer, offset, length) != FrameFault.NONE) {
            counters.increment(Counter.FRAMES_BAD);
            return FrameHandler.CONSUMED;
        }
        counters.increment(Counter.FRAMES_RECEIVED);
        final long ofSession = frame.fields().session();
        final long messageId = frame.fields().messageId();
        switch (frame.operation()) {
            case HELLO -> onHello(ofSession);
            case ERROR_ACK -> counters.increment(Counter.ERROR_ACKS);
            default -> {
                if (ofSession == session && isForUs()) {
                    return onSessionFrame(messageId, token);
                }
                counters.increment(Counter.FRAMES_STALE);
                replies.say(ofSession, messageId, Outcome.ERROR, Status.STALE_SESSION);
            }
        }
        return FrameHandler.CONSUMED;
    }

    private boolean isForUs() {
        return session != NO_SESSION && frame.fields().targetNode() == nodeId
            && frame.fields().initiatorNode() == peerNodeId;
    }

    private int onSessionFrame(final long messageId, final long token) {
        window.floor(Math.min(frame.fields().floor(), messageId));
        switch (window.seen(messageId)) {
            case NEW -> {
                return applier.carryOut(frame, session, messageId, token);
            }
            case PENDING -> {
                counters.increment(Counter.FRAMES_DUPLICATE);
                replies.say(session, messageId, Outcome.WORKING, Status.OK);
            }
            case DONE -> {
                counters.increment(Counter.FRAMES_DUPLICATE);
                return applier.answerAgain(frame, session, messageId, token);
            }
            case OUTSIDE -> counters.increment(Counter.FRAMES_STALE);
        }
        return FrameHandler.CONSUMED;
    }

    private void onHello(final long ofSession) {
        if (!frame.payloadIntact() || !hello.read(frame.payloadAddress(), frame.payloadLength())) {
            counters.increment(Counter.FRAMES_BAD);
        } else if (ofSession == NO_SESSION || isPast(ofSession)) {
            counters.increment(Counter.FRAMES_STALE);
            // An origin that missed our loss of the link would offer it for ever.
            replies.say(ofSession, 0, Outcome.ERROR, Status.STALE_SESSION);
        } else if (ofSession == session) {
            welcome();
        } else if (ofSession != proposed) {
            propose(ofSession);
        }
    }

    private void propose(final long ofSession) {
        final Status refusal = refusal();
        if (refusal != Status.OK) {
            if (refusal != lastRefusal) {
                LOG.error("refused a session of {}: {}", hello.initiatorIqn(), refusal);
            }
            lastRefusal = refusal;
            replies.say(ofSession, 0, Outcome.ERROR, refusal);
            return;
        }
        lastRefusal = Status.OK;
        end("the origin offers a new session");
        proposed = ofSession;
    }

    private Status refusal() {
        if (hello.protocol() != Protocol.VERSION) {
            return Status.PROTOCOL_VERSION;
        }
        if (!hello.targetIqn().equals(iqn) || !hello.initiatorIqn().equals(peerIqn)) {
            return Status.UNKNOWN_NODE;
        }
        return hello.slotLength() <= applier.slotLength() ? Status.OK : Status.NOT_SUPPORTED;
    }

    private boolean isPast(final long id) {
        for (final long past : pastSessions) {
            if (past == id) {
                return true;
            }
        }
        return false;
    }

    private void open() {
        session = proposed;
        proposed = NO_SESSION;
        window.reset();
        replies.session(session);
        counters.increment(Counter.SESSIONS_ACCEPTED);
        LOG.info("session {} of {} is open", Long.toHexString(session), peerIqn);
        welcome();
    }

    private void welcome() {
        replies.say(session, 0, Outcome.WELCOME, Status.OK);
    }

    private void end(final String reason) {
        if (session != NO_SESSION) {
            LOG.info("session {} of {} ended: {}", Long.toHexString(session), peerIqn, reason);
            pastSessions[pastCount++ % REMEMBERED] = session;
        }
        session = NO_SESSION;
        proposed = NO_SESSION;
        replies.session(NO_SESSION);
        attachments.end();
        applier.dropWaiting();
    }

    /** Takes no more frames. What is on its way to disk goes on; what has not reached it never will. */
    public void stop() {
        stopping = true;
        end("the node is stopping");
    }

    /** Nothing is on its way to disk. */
    public boolean isIdle() {
        return applier.isIdle();
    }

    /** Flushes the redundant volumes' disks, once nothing else is on its way. */
    public void flushDisks() {
        for (final RedundantVolume volume : volumes()) {
            applier.flush(volume);
        }
    }

    /** A disk failed a flush: what it had taken may be gone. */
    public boolean isFlushFailed() {
        return volumes().stream().anyMatch(RedundantVolume::isFailed);
    }

    public List<RedundantVolume> volumes() {
        return attachments.volumes();
    }
}
