package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.port.FrameChannel;
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
    private int targetNode;
    private int initiatorNode;
    private long session;
    private long bootId;
    private long hostBootId;

    ReplySender(final FrameChannel channel, final DuplicateWindow window, final Counters counters) {
        this.channel = channel;
        this.window = window;
        this.counters = counters;
    }

    void nodes(final int target, final int initiator, final long boot, final long hostBoot) {
        targetNode = target;
        initiatorNode = initiator;
        bootId = boot;
        hostBootId = hostBoot;
    }

    /** The session whose answers are stored, 0 for none. */
    long session() {
        return session;
    }

    /** Stored answers from now on belong to this session; none is unsent. */
    void session(final long id) {
        session = id;
        unsent.clear();
    }

    /** Sends the stored answer of a frame that was carried out now. It will go out. */
    void answer(final long messageId) {
        if (!unsent.isEmpty() || !sendStored(messageId)) {
            unsent.addLong(messageId);
        }
    }

    /** Sends the stored answer once more, if there is room. */
    void answerAgain(final long messageId) {
        drop(sendStored(messageId));
    }

    /** Sends an answer that is not stored, if there is room. */
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
        commit(session, messageId, outcome, Status.OK, length);
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
        commit(session, messageId, Outcome.DONE, Status.OK, length);
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
        return send(session, messageId, window.outcome(messageId), window.status(messageId));
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
            .detail(outcome == Outcome.WELCOME ? bootId : 0)
            .hostBootId(outcome == Outcome.WELCOME ? hostBootId : 0)
            .targetNode(targetNode).initiatorNode(initiatorNode);
        writer.seal(length);
        channel.commit();
        counters.increment(Counter.REPLIES_SENT);
        counters.add(Counter.REPLY_BYTES_SENT, length);
    }
}
