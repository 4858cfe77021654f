package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.frame.sbe.FrameDecoder;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.pair.Order;
import io.twintrack.engine.port.FrameHandler;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Carries out the frames of a session that are about a pair's record and not about its bytes: attach it, order it to
 * record something, ask for its marks. HBA's thread only.
 */
final class PairFrames {
    private final Attachments attachments;
    private final DuplicateWindow window;
    private final ReplySender replies;
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private int ordered;

    PairFrames(final Attachments attachments, final DuplicateWindow window, final ReplySender replies) {
        this.attachments = attachments;
        this.window = window;
        this.replies = replies;
    }

    /** No order is being carried out. */
    boolean isIdle() {
        return ordered == 0;
    }

    int attach(final FrameReader frame, final long session, final long messageId) {
        if (!frame.payloadIntact()) {
            return replies.tryAgain(session, messageId, Status.CHECKSUM);
        }
        final Status refusal = attachments.attach(frame, messageId);
        if (refusal != Status.OK) {
            return replies.finish(messageId, Outcome.ERROR, refusal);
        }
        attachments.report(frame.fields().redundantVolume(), messageId);
        return FrameHandler.CONSUMED;
    }

    int order(final FrameReader frame, final long session, final long messageId) {
        if (!frame.payloadIntact()) {
            return replies.tryAgain(session, messageId, Status.CHECKSUM);
        }
        final RedundantVolume volume = attachments.volume(frame.fields().redundantVolume());
        payload.wrap(frame.payloadAddress(), frame.payloadLength());
        final SideOrder order = SideOrder.read(payload, 0, payload.capacity());
        final Status refusal = volume == null ? Status.NOT_ATTACHED
            : order == null ? Status.INVALID : volume.pair().accepts(Operation.ORDER);
        if (refusal != Status.OK) {
            return replies.finish(messageId, Outcome.ERROR, refusal);
        }
        ordered++;
        window.pending(messageId);
        final StatusListener done = status -> onOrdered(session, messageId, status);
        if (Order.of(order.order()) == Order.FORGET) {
            attachments.withdraw(volume, done);
        } else {
            volume.pair().onOrder(order, done);
        }
        return FrameHandler.CONSUMED;
    }

    private void onOrdered(final long session, final long messageId, final Status status) {
        ordered--;
        if (session == replies.session()) {
            replies.finish(messageId, status == Status.OK ? Outcome.DONE : Outcome.ERROR, status);
        }
    }

    /** The marks are looked up into the reply itself, so the frame waits until there is room for one. */
    int tracks(final FrameReader frame, final long messageId) {
        final FrameDecoder fields = frame.fields();
        final RedundantVolume volume = attachments.volume(fields.redundantVolume());
        final Status refusal = volume == null ? Status.NOT_ATTACHED
            : areWholeWords(fields) ? volume.pair().accepts(Operation.TRACKS) : Status.INVALID;
        if (refusal != Status.OK) {
            return replies.finish(messageId, Outcome.ERROR, refusal);
        }
        final int length = (int) fields.requestLength();
        final MutableDirectBuffer to = replies.claimPayload(length);
        if (to == null) {
            return FrameHandler.REFUSED;
        }
        final int at = replies.payloadOffset();
        final int filled = volume.pair().marks(fields.requestOffset(), to, at, length);
        to.setMemory(at + filled, length - filled, (byte) 0);
        replies.commitPayload(messageId, length);
        window.done(messageId, Outcome.DONE, Status.OK);
        return FrameHandler.CONSUMED;
    }

    private boolean areWholeWords(final FrameDecoder fields) {
        final long length = fields.requestLength();
        return length > 0 && length <= replies.longestPayload() && length % Long.BYTES == 0
            && fields.requestOffset() >= 0;
    }
}
