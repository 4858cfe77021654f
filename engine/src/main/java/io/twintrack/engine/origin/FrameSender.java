package io.twintrack.engine.origin;

import static io.twintrack.engine.port.FrameChannel.CLAIMED;

import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameFlag;
import io.twintrack.engine.frame.FrameWriter;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.sbe.FrameEncoder;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.session.SessionKey;
import org.agrona.collections.IntArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts requests into frames and puts them on the wire, in the order in which they were queued and as far as window
 * and wire allow. Every frame is filed with the {@link AckTracker} before it is committed: the reply may win.
 */
final class FrameSender {
    private final FrameChannel channel;
    private final AckTracker acks;
    private final RequestPool requests;
    private final Counters counters;
    private final int initiatorNode;
    private final int targetNode;
    private final int fragmentLength;
    private final int ownReplyPayload;
    private int replyPayload;
    private final FrameWriter writer = new FrameWriter();
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private final IntArrayQueue queue;
    private SessionKey session = SessionKey.NONE;

    FrameSender(
        final FrameChannel channel, final int replyPayload, final AckTracker acks, final RequestPool requests,
        final Counters counters, final int initiatorNode, final int targetNode) {
        this.channel = channel;
        this.ownReplyPayload = replyPayload;
        this.replyPayload = replyPayload;
        this.acks = acks;
        this.requests = requests;
        this.counters = counters;
        this.initiatorNode = initiatorNode;
        this.targetNode = targetNode;
        this.fragmentLength = channel.maxFrameLength() - channel.headerLength();
        this.queue = new IntArrayQueue(Math.max(requests.capacity(), 8), -1);
    }

    /** Frames from now on belong to this session; nothing is queued. */
    void session(final SessionKey key) {
        session = key;
        queue.clear();
    }

    /** @param targets bytes of payload that the target's replies can carry. */
    void longestReplyPayload(final int targets) {
        replyPayload = Math.min(ownReplyPayload, targets);
    }

    /**
     * Frames that carry the request: a write's payload is cut to what a frame carries, a read's to what a reply does.
     */
    int fragments(final Request request) {
        return switch (request.operation) {
            case WRITE -> pieces(request.length, fragmentLength);
            case READ -> pieces(request.length, replyPayload);
            default -> 1;
        };
    }

    private static int pieces(final long length, final int piece) {
        return (int) ((length + piece - 1) / piece);
    }

    int longestReplyPayload() {
        return replyPayload;
    }

    /** Where in the request's reply the payload of the answer to one of its frames goes. */
    int replyOffset(final Request request, final int fragment) {
        return request.operation == Operation.READ ? fragment * replyPayload : 0;
    }

    /** Bytes of payload that the answer to one of its frames has, at most. */
    int replyLength(final Request request, final int fragment) {
        return request.operation == Operation.READ
            ? (int) Math.min(replyPayload, request.length - (long) fragment * replyPayload) : request.replyLength;
    }

    void enqueue(final Request request) {
        queue.addInt(request.index);
    }

    /** Some of the request was sent in this session, or it waits for room on the wire. */
    boolean isUnderWay(final Request request) {
        return request.fragmentsSent > 0 || queue.contains(request.index);
    }

    /** Nothing waits for room on the wire. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** @return frames sent. */
    int pump(final long deadlineNs) {
        int sent = 0;
        while (!queue.isEmpty()) {
            final Request request = requests.get(queue.peekInt());
            while (request.fragmentsSent < request.fragments) {
                if (acks.isFull() || !sendNext(request, deadlineNs)) {
                    counters.increment(Counter.SEND_BACK_PRESSURE);
                    return sent;
                }
                sent++;
            }
            queue.pollInt();
        }
        return sent;
    }

    private boolean sendNext(final Request request, final long deadlineNs) {
        final int fragment = request.fragmentsSent;
        final int length = payloadLength(request, fragment);
        if (channel.claim(channel.headerLength() + length) != CLAIMED) {
            return false;
        }
        request.fragmentsSent++;
        write(request, fragment, length, acks.file(request.index, fragment, deadlineNs), (short) 0);
        return true;
    }

    /** Sends an unanswered frame once more, from the slot. @return false when the wire has no room now. */
    boolean resend(final long messageId) {
        if (acks.request(messageId) == AckTracker.NO_REQUEST) {
            return sendControl(Operation.HEARTBEAT, messageId, FrameFlag.RESENT);
        }
        final Request request = requests.get(acks.request(messageId));
        final int fragment = acks.fragment(messageId);
        final int length = payloadLength(request, fragment);
        if (channel.claim(channel.headerLength() + length) != CLAIMED) {
            return false;
        }
        write(request, fragment, length, messageId, FrameFlag.RESENT);
        counters.increment(Counter.FRAMES_RESENT);
        return true;
    }

    /** A frame that asks whether the target is there, filed like any other. */
    void heartbeat(final long deadlineNs) {
        if (!acks.isFull() && channel.claim(channel.headerLength()) == CLAIMED) {
            writeControl(Operation.HEARTBEAT, acks.file(AckTracker.NO_REQUEST, 0, deadlineNs), (short) 0);
        }
    }

    /** An error reply arrived and was reported. Not filed: it gets no answer. */
    void acknowledgeError(final long messageId) {
        sendControl(Operation.ERROR_ACK, messageId, (short) 0);
    }

    /** Asks for a session. Not filed: it is said again until it is answered. */
    void handshake(final Operation operation, final long attempt, final byte[] said) {
        if (channel.claim(channel.headerLength() + said.length) == CLAIMED) {
            begin(operation, 0).session(attempt).floor(0).requestLength(said.length);
            channel.buffer().putBytes(payloadOffset(), said);
            commit(said.length, SessionKey.NONE.seed());
        }
    }

    private boolean sendControl(final Operation operation, final long messageId, final short flags) {
        if (channel.claim(channel.headerLength()) != CLAIMED) {
            return false;
        }
        writeControl(operation, messageId, flags);
        return true;
    }

    private void writeControl(final Operation operation, final long messageId, final short flags) {
        begin(operation, messageId).flags(flags);
        commit(0);
    }

    private void write(
        final Request request, final int fragment, final int length, final long messageId, final short flags) {
        final int fragmentOffset = fragment * fragmentLength;
        begin(request.operation, messageId)
            .requestId(request.id)
            .requestOffset(request.offset + replyOffset(request, fragment))
            .requestLength(requestLength(request, fragment))
            .fragmentOffset(length == 0 ? 0 : fragmentOffset)
            .volumeSize(request.volume.size())
            .primaryVolume(request.volume.shortId()).redundantVolume(request.volume.shortId())
            .hashLow(request.hashLow).hashHigh(request.hashHigh)
            .flags((short) (flags | flagsOf(request)));
        if (length > 0) {
            payload.wrap(request.address + fragmentOffset, length);
            channel.buffer().putBytes(payloadOffset(), payload, 0, length);
            counters.add(Counter.BYTES_SENT, length);
        }
        commit(length);
    }

    private FrameEncoder begin(final Operation operation, final long messageId) {
        return writer.begin(channel.buffer(), channel.offset(), operation)
            .session(session.id()).messageId(messageId).floor(acks.floor())
            .initiatorNode(initiatorNode).targetNode(targetNode)
            .primaryVolume(0).redundantVolume(0).volumeSize(0);
    }

    private void commit(final int payloadLength) {
        commit(payloadLength, session.seed());
    }

    private void commit(final int payloadLength, final int seed) {
        writer.seal(channel.headerLength(), payloadLength, seed);
        channel.commit();
        counters.increment(Counter.FRAMES_SENT);
    }

    private int payloadOffset() {
        return channel.offset() + channel.headerLength();
    }

    private int payloadLength(final Request request, final int fragment) {
        return request.operation == Operation.WRITE
            ? (int) Math.min(fragmentLength, request.length - (long) fragment * fragmentLength)
            : request.payloadLength;
    }

    private long requestLength(final Request request, final int fragment) {
        return request.operation.isQuestion() ? replyLength(request, fragment) : request.length;
    }

    private static int flagsOf(final Request request) {
        return (request.durable ? FrameFlag.DURABLE : 0) | (request.deallocate ? FrameFlag.DEALLOCATE : 0)
            | (request.sayHeld ? FrameFlag.SAY_HELD : 0);
    }
}
