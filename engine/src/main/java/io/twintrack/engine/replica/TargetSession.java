package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameFault;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.NodeId;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SessionAlerts;
import io.twintrack.engine.session.SessionKey;
import io.twintrack.engine.session.SharedKey;
import java.util.List;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's session as target of one peer. It refuses every frame that is damaged or of another session, carries
 * each frame out once, and answers it when it is done. A new session is opened only after its origin was authenticated
 * and the disk has finished all that the old one asked: no write of the past may overtake one of the present.
 */
public final class TargetSession {
    private static final Logger LOG = LoggerFactory.getLogger(TargetSession.class);

    /**
     * What a target is made of.
     *
     * @param slots for comparing, and for requests that are put together from small frames.
     * @param depth requests that can be on their way to disk at a time.
     * @param offers decides about pairs that the peer wants to establish.
     */
    public record Setup(
        String iqn, String peerIqn, ReplicaLink link, DuplicateWindow window, SlotPool slots,
        int depth, LongSupplier random, SharedKey key, SessionAlerts alerts, PairOffers offers, Counters counters) {
    }

    private final Setup setup;
    private final int nodeId;
    private final int peerNodeId;
    private final DuplicateWindow window;
    private final Counters counters;
    private final ReplySender replies;
    private final Attachments attachments;
    private final FrameApplier applier;
    private final TargetHandshake handshake;
    private final FrameReader frame = new FrameReader();
    private final FrameHandler handler = this::onFrame;
    private SessionKey session = SessionKey.NONE;
    private SessionKey proposed = SessionKey.NONE;
    private boolean stopping;

    public TargetSession(final Setup setup) {
        this.setup = setup;
        window = setup.window();
        counters = setup.counters();
        nodeId = NodeId.of(setup.iqn());
        peerNodeId = NodeId.of(setup.peerIqn());
        replies = new ReplySender(setup.link().replies(), window, counters, nodeId, peerNodeId);
        attachments = new Attachments(replies, window, setup.peerIqn(), setup.offers(), counters);
        applier = new FrameApplier(setup.link(), window, replies, attachments, setup.slots(), setup.depth(), counters);
        handshake = new TargetHandshake(setup, replies);
    }

    /** A volume that the peer may mirror to as far as its pair allows. */
    public RedundantVolume add(final String pairName, final BlockDevice device, final PairTarget pair) {
        final RedundantVolume volume = applier.volume(pairName, pair, device);
        attachments.add(volume);
        return volume;
    }

    /** Nothing of it is on its way to disk, and nothing more will be. */
    public void remove(final RedundantVolume volume) {
        attachments.remove(volume);
    }

    /** Takes frames off the wire. @return how many. */
    public int pollFrames(final int limit) {
        return stopping ? 0 : setup.link().pollFrames(handler, limit);
    }

    /** Sends answers that had to wait, and opens a session that had to wait. @return an amount of work. */
    public int poll() {
        int work = replies.poll() + applier.poll();
        for (int i = 0; i < volumes().size(); i++) {
            work += volumes().get(i).disk().poll();
        }
        if (proposed != SessionKey.NONE && applier.isIdle()) {
            open();
            work++;
        }
        return work;
    }

    public void onLinkDown(final String reason) {
        handshake.keepOnly(SessionKey.NONE);
        if (session != SessionKey.NONE || proposed != SessionKey.NONE) {
            end(reason);
        }
    }

    private int onFrame(final DirectBuffer buffer, final int offset, final int length, final long token) {
        final FrameFault fault = frame.wrap(buffer, offset, length);
        if (fault == FrameFault.UNKNOWN_SESSION) {
            counters.increment(Counter.FRAMES_STALE);
            replies.say(frame.fields().session(), frame.fields().messageId(), Outcome.ERROR, Status.STALE_SESSION);
            return FrameHandler.CONSUMED;
        }
        if (fault != FrameFault.NONE || !frame.operation().isHandshake() && !isForUs()) {
            counters.increment(Counter.FRAMES_BAD);
            return FrameHandler.CONSUMED;
        }
        counters.increment(Counter.FRAMES_RECEIVED);
        switch (frame.operation()) {
            case HELLO -> handshake.onHello(frame);
            case PROOF -> onProof();
            case ERROR_ACK -> counters.increment(Counter.ERROR_ACKS);
            default -> {
                return onSessionFrame(frame.fields().messageId(), token);
            }
        }
        return FrameHandler.CONSUMED;
    }

    private boolean isForUs() {
        return frame.fields().targetNode() == nodeId && frame.fields().initiatorNode() == peerNodeId;
    }

    private int onSessionFrame(final long messageId, final long token) {
        window.floor(Math.min(frame.fields().floor(), messageId));
        switch (window.seen(messageId)) {
            case NEW -> {
                return applier.carryOut(frame, session.id(), messageId, token);
            }
            case PENDING -> {
                counters.increment(Counter.FRAMES_DUPLICATE);
                replies.say(session.id(), messageId, FrameApplier.underWay(frame), Status.OK);
            }
            case DONE -> {
                counters.increment(Counter.FRAMES_DUPLICATE);
                return applier.answerAgain(frame, session.id(), messageId, token);
            }
            case OUTSIDE -> counters.increment(Counter.FRAMES_STALE);
        }
        return FrameHandler.CONSUMED;
    }

    private void onProof() {
        final SessionKey proved = handshake.onProof(frame);
        if (proved == null) {
            return;
        }
        if (proved.equals(session)) {
            welcome();
        } else if (!proved.equals(proposed)) {
            end("the origin opens a new session");
            proposed = proved;
            handshake.keepOnly(proved);
        }
    }

    private void open() {
        session = proposed;
        proposed = SessionKey.NONE;
        window.reset();
        frame.session(session);
        replies.session(session);
        handshake.opened();
        counters.increment(Counter.SESSIONS_ACCEPTED);
        LOG.info("session {} of {} is open", Long.toHexString(session.id()), setup.peerIqn());
        welcome();
    }

    private void welcome() {
        replies.say(session.id(), 0, Outcome.WELCOME, Status.OK);
    }

    private void end(final String reason) {
        if (session != SessionKey.NONE) {
            LOG.info("session {} of {} ended: {}", Long.toHexString(session.id()), setup.peerIqn(), reason);
        }
        session = SessionKey.NONE;
        proposed = SessionKey.NONE;
        frame.session(SessionKey.NONE);
        replies.session(SessionKey.NONE);
        attachments.end();
        applier.dropWaiting();
    }

    /** @return why sessions are refused since the last one was opened, or OK. */
    public Status refusal() {
        return handshake.refusal();
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
