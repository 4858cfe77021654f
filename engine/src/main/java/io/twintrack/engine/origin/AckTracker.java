package io.twintrack.engine.origin;

import io.twintrack.engine.frame.Protocol;
import org.agrona.concurrent.AtomicBuffer;

/**
 * Which frames of a session are unanswered: the origin's table of message ids [seed: tables 209]. An entry lies at
 * message id modulo window:
 * <pre>
 *   0           8            16         20         24      28     32         64
 *   +-----------+------------+----------+----------+-------+------+----------+
 *   | messageId | deadlineNs | request  | fragment | tries | held |  unused  |
 *   +-----------+------------+----------+----------+-------+------+----------+
 * </pre>
 * Message ids count up from 1, so an id of 0 marks a free entry. The HBA's thread is the only writer. Any other
 * thread may read: an entry is filled before its id is stored with release (pairs with the acquire in
 * {@link #isUnanswered}), and freed by storing 0.
 */
public final class AckTracker {
    /** Bytes that the buffer must have. */
    public static final int LENGTH = Protocol.WINDOW * 64;
    /** In place of a request: a frame that belongs to none. */
    public static final int NO_REQUEST = -1;

    private static final int ENTRY_SHIFT = 6;
    private static final int DEADLINE = 8;
    private static final int REQUEST = 16;
    private static final int FRAGMENT = 20;
    private static final int TRIES = 24;
    private static final int HELD = 28;

    private final AtomicBuffer entries;
    private long floor = 1;
    private long next = 1;

    public AckTracker(final AtomicBuffer entries) {
        entries.boundsCheck(0, LENGTH);
        this.entries = entries;
        reset();
    }

    /** A new session: nothing is unanswered and ids start at 1 again. */
    public void reset() {
        for (int i = 0; i < Protocol.WINDOW; i++) {
            entries.putLongRelease(i << ENTRY_SHIFT, 0);
        }
        floor = 1;
        next = 1;
    }

    public boolean isFull() {
        return next - floor >= Protocol.WINDOW;
    }

    /** Files the next frame, which has not been sent yet. @return its message id. */
    public long file(final int request, final int fragment, final long deadlineNs) {
        final long messageId = next++;
        final int entry = entry(messageId);
        entries.putLong(entry + DEADLINE, deadlineNs);
        entries.putInt(entry + REQUEST, request);
        entries.putInt(entry + FRAGMENT, fragment);
        entries.putInt(entry + TRIES, 1);
        entries.putInt(entry + HELD, 0);
        entries.putLongRelease(entry, messageId);
        return messageId;
    }

    /** The frame was answered. Its entry is free, and the floor moves up to the oldest unanswered one. */
    public void answered(final long messageId) {
        entries.putLongRelease(entry(messageId), 0);
        while (floor < next && entries.getLong(entry(floor)) == 0) {
            floor++;
        }
    }

    /** Any thread. */
    public boolean isUnanswered(final long messageId) {
        return messageId > 0 && entries.getLongAcquire(entry(messageId)) == messageId;
    }

    /** Every id below it was answered. */
    public long floor() {
        return floor;
    }

    /** The id that the next frame gets. */
    public long next() {
        return next;
    }

    public int request(final long messageId) {
        return entries.getInt(entry(messageId) + REQUEST);
    }

    public int fragment(final long messageId) {
        return entries.getInt(entry(messageId) + FRAGMENT);
    }

    public long deadlineNs(final long messageId) {
        return entries.getLong(entry(messageId) + DEADLINE);
    }

    public int tries(final long messageId) {
        return entries.getInt(entry(messageId) + TRIES);
    }

    /** Wait anew, until this deadline, as the given try. */
    public void wait(final long messageId, final long deadlineNs, final int tries) {
        entries.putLong(entry(messageId) + DEADLINE, deadlineNs);
        entries.putInt(entry(messageId) + TRIES, tries);
    }

    /** The target has the frame in its memory. @return whether that is new. */
    public boolean hold(final long messageId) {
        final boolean isNew = entries.getInt(entry(messageId) + HELD) == 0;
        entries.putInt(entry(messageId) + HELD, 1);
        return isNew;
    }

    private static int entry(final long messageId) {
        return (int) (messageId & (Protocol.WINDOW - 1)) << ENTRY_SHIFT;
    }
}
