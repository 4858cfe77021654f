package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.session.SessionKey;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.LongArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts replies on the wire. Answers of frames that were carried out are kept in the {@link DuplicateWindow} and go
 * out as soon as there is room; all others can be asked for again, and are dropped when there is none.
 */
final class ReplySender {
    private static final long NONE = 0;

    private final FrameChannel channel;
    private final DuplicateWindow window;
    private final Counters counters;
    private final ReplyWriter writer = new ReplyWriter();
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private final LongArrayQueue unsent = new LongArrayQueue(Protocol.WINDOW, NONE);
    private final int targetNode;
    private final int initiatorNode;
    private SessionKey session = SessionKey.NONE;

    ReplySender(
        final FrameChannel channel, final DuplicateWindow window, final Counters counters, final int targetNode,
        final int initiatorNode) {
        this.channel = channel;
        this.window = window;
        this.counters = counters;
        this.targetNode = targetNode;
        this.initiatorNode = initiatorNode;
    }

    /** The session whose answers are stored, 0 for none. */
    long session() {
        return session.id();
    }

    /** Stored answers from now on belong to this session; none is unsent. */
    void session(final SessionKey key) {
        session = key;
        unsent.clear();
    }

    /** The frame was carried out, or refused for good: stores its answer and sends it. It will go out. */
    int finish(final long messageId, final Outcome outcome, final Status status) {
        if (outcome == Outcome.ERROR) {
            counters.increment(Counter.FRAMES_REFUSED);
        }
        window.done(messageId, outcome, status);
        answer(messageId);
        return FrameHandler.CONSUMED;
    }

    /** The frame was not carried out and may be when it is sent again. */
    int tryAgain(final long ofSession, final long messageId, final Status status) {
        counters.increment(Counter.FRAMES_REFUSED);
        say(ofSession, messageId, Outcome.ERROR, status);
        return FrameHandler.CONSUMED;
    }

    private void answer(final long messageId) {
        if (!unsent.isEmpty() || !sendStored(messageId)) {
            unsent.addLong(messageId);
        }
    }

    /** Sends the stored answer once more, if there is room. */
    void answerAgain(final long messageId) {
        drop(sendStored(messageId));
    }

    /** Answers a HELLO, if there is room. */
    void challenge(final long attempt, final byte[] challenge) {
        final MutableDirectBuffer buffer = claimPayload(challenge.length);
        if (buffer != null) {
            buffer.putBytes(payloadOffset(), challenge);
            commit(attempt, 0, Outcome.CHALLENGE, Status.OK, challenge.length);
        }
        drop(buffer != null);
    }

    /** Sends an answer that is not stored, if there is room: within the session, or in the clear for any other. */
    void say(final long ofSession, final long messageId, final Outcome outcome, final Status status) {
        drop(send(ofSession, messageId, outcome, status));
    }

    /** Bytes of the longest payload that a reply can carry. */
    int longestPayload() {
        return ReplyWriter.longestPayload(channel.maxFrameLength());
    }

    /** Sends an answer that carries these bytes. @return false when there is no room now. */
    boolean answer(final long messageId, final Outcome outcome, final long address, final int length) {
        final MutableDirectBuffer buffer = claimPayload(length);
        if (buffer == null) {
            return false;
        }
        payload.wrap(address, length);
        buffer.putBytes(payloadOffset(), payload, 0, length);
        commit(session.id(), messageId, outcome, Status.OK, length);
        return true;
    }

    /** @return where the payload of an answer to be filled now goes, or null when there is no room; then commit. */
    MutableDirectBuffer claimPayload(final int length) {
        return channel.claim(ReplyWriter.LENGTH + length) == FrameChannel.CLAIMED ? channel.buffer() : null;
    }

    int payloadOffset() {
        return channel.offset() + ReplyWriter.LENGTH;
    }

    void commitPayload(final long messageId, final int length) {
        commit(session.id(), messageId, Outcome.DONE, Status.OK, length);
    }

    /** @return answers sent that had to wait. */
    int poll() {
        int sent = 0;
        while (!unsent.isEmpty() && sendStored(unsent.peekLong())) {
            unsent.pollLong();
            sent++;
        }
        return sent;
    }

    private void drop(final boolean sent) {
        if (!sent) {
            counters.increment(Counter.REPLIES_DROPPED);
        }
    }

    private boolean sendStored(final long messageId) {
        return send(session.id(), messageId, window.outcome(messageId), window.status(messageId));
    }

    private boolean send(final long ofSession, final long messageId, final Outcome outcome, final Status status) {
        if (channel.claim(ReplyWriter.LENGTH) != FrameChannel.CLAIMED) {
            return false;
        }
        commit(ofSession, messageId, outcome, status, 0);
        return true;
    }

    private void commit(
        final long ofSession, final long messageId, final Outcome outcome, final Status status, final int length) {
        writer.begin(channel.buffer(), channel.offset(), outcome, status)
            .session(ofSession).messageId(messageId)
            .targetNode(targetNode).initiatorNode(initiatorNode);
        writer.seal(length, ofSession == session.id() ? session.seed() : SessionKey.NONE.seed());
        channel.commit();
        counters.increment(Counter.REPLIES_SENT);
        counters.add(Counter.REPLY_BYTES_SENT, length);
    }
}
