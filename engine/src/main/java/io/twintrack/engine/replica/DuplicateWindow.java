package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Protocol;
import org.agrona.concurrent.AtomicBuffer;

/**
 * Which frames of the session the target has already seen, and what it answered [seed: tables 509]. An entry lies at
 * message id modulo window:
 * <pre>
 *   0           8       12        16       20          64
 *   +-----------+-------+---------+--------+-----------+
 *   | messageId | state | outcome | status |  unused   |
 *   +-----------+-------+---------+--------+-----------+
 * </pre>
 * The origin keeps less than a window of ids above its floor, so an entry is overwritten only by an id whose
 * predecessor was answered for good. HBA's thread only.
 */
public final class DuplicateWindow {
    /** Bytes that the buffer must have. */
    public static final int LENGTH = Protocol.WINDOW * 64;

    /** What is known of a message id. */
    public enum Seen {
        /** Never: carry it out. */
        NEW,
        /** Being carried out. */
        PENDING,
        /** Carried out; the stored reply is its answer. */
        DONE,
        /** Below the floor or beyond the window: no sound origin sends it. */
        OUTSIDE
    }

    private static final int ENTRY_SHIFT = 6;
    private static final int STATE = 8;
    private static final int OUTCOME = 12;
    private static final int STATUS = 16;
    private static final int STATE_PENDING = 1;
    private static final int STATE_DONE = 2;

    private final AtomicBuffer entries;
    private long floor = 1;

    public DuplicateWindow(final AtomicBuffer entries) {
        entries.boundsCheck(0, LENGTH);
        this.entries = entries;
        reset();
    }

    /** A new session: nothing was seen. */
    public void reset() {
        entries.setMemory(0, LENGTH, (byte) 0);
        floor = 1;
    }

    /** The origin will never send an id below it again. Floors only rise. */
    public void floor(final long newFloor) {
        floor = Math.max(floor, newFloor);
    }

    public Seen seen(final long messageId) {
        if (messageId < floor || messageId - floor >= Protocol.WINDOW) {
            return Seen.OUTSIDE;
        }
        final int entry = entry(messageId);
        if (entries.getLong(entry) != messageId) {
            return Seen.NEW;
        }
        return entries.getInt(entry + STATE) == STATE_DONE ? Seen.DONE : Seen.PENDING;
    }

    public void pending(final long messageId) {
        entries.putLong(entry(messageId), messageId);
        entries.putInt(entry(messageId) + STATE, STATE_PENDING);
    }

    public void done(final long messageId, final Outcome outcome, final Status status) {
        final int entry = entry(messageId);
        entries.putLong(entry, messageId);
        entries.putInt(entry + OUTCOME, outcome.code());
        entries.putInt(entry + STATUS, status.code());
        entries.putInt(entry + STATE, STATE_DONE);
    }

    public Outcome outcome(final long messageId) {
        return Outcome.of(entries.getInt(entry(messageId) + OUTCOME));
    }

    public Status status(final long messageId) {
        return Status.of(entries.getInt(entry(messageId) + STATUS));
    }

    private static int entry(final long messageId) {
        return (int) (messageId & (Protocol.WINDOW - 1)) << ENTRY_SHIFT;
    }
}
