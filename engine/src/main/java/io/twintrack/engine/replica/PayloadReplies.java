package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Outcome;
import org.agrona.collections.IntArrayQueue;

/**
 * Reads of the session that the disk has done and whose bytes wait in their slots for room on the wire. HBA's thread
 * only.
 */
final class PayloadReplies {
    private final ApplyPool applies;
    private final ReplySender replies;
    private final DuplicateWindow window;
    private final IntArrayQueue waiting;

    PayloadReplies(final ApplyPool applies, final ReplySender replies, final DuplicateWindow window) {
        this.applies = applies;
        this.replies = replies;
        this.window = window;
        this.waiting = new IntArrayQueue(Math.max(applies.capacity(), 8), -1);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** @return whether its bytes left; else it waits here. */
    boolean send(final Apply read) {
        if (waiting.isEmpty() && sendNow(read)) {
            return true;
        }
        waiting.addInt(read.index);
        return false;
    }

    /** @return a read whose bytes left now, or null: none waits, or there is no room. */
    Apply poll() {
        if (waiting.isEmpty() || !sendNow(applies.get(waiting.peekInt()))) {
            return null;
        }
        return applies.get(waiting.pollInt());
    }

    /** @return a read that waited and will not be answered any more, or null. */
    Apply drop() {
        return waiting.isEmpty() ? null : applies.get(waiting.pollInt());
    }

    /** Marked as done only now, so that a frame that is sent again meanwhile is told to wait. */
    private boolean sendNow(final Apply read) {
        final long messageId = read.messageIds[0];
        if (!replies.answer(messageId, Outcome.DONE, read.address + read.replyOffset, read.replyLength)) {
            return false;
        }
        window.done(messageId, Outcome.DONE, Status.OK);
        return true;
    }
}
