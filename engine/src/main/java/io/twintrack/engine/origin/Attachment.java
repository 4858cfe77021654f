package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Attaches one volume in each new session, and again a while after a refusal. HBA's thread only. */
final class Attachment {
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    /** Hears how an attempt ended, unless its session did. */
    interface Listener {
        void onAttached(long nowNs, Status status);
    }

    private enum State {
        NONE, DUE, ASKED, ATTACHED
    }

    private final Listener listener;
    private final UnsafeBuffer ours = buffer();
    private final UnsafeBuffer theirs = buffer();
    private final Question question = new Question();
    private State state = State.NONE;
    private long dueNs;
    private long nowNs;
    private Status refusal = Status.OK;

    Attachment(final Listener listener) {
        this.listener = listener;
    }

    private static UnsafeBuffer buffer() {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(PairReport.MAX_LENGTH, Long.BYTES));
    }

    void due(final long now) {
        state = State.DUE;
        dueNs = now;
    }

    /** The session is over. */
    void lost() {
        state = State.NONE;
    }

    boolean isAttached() {
        return state == State.ATTACHED;
    }

    void poll(final long now, final PrimaryVolume volume) {
        nowNs = now;
        if (state == State.DUE && now - dueNs >= 0) {
            final PairReport report = new PairReport();
            report.pairName = volume.name();
            report.size = volume.size();
            report.sectorSize = volume.sectorSize();
            question.set(Operation.ATTACH, ours.addressOffset(), report.write(ours, 0))
                .into(theirs.addressOffset(), PairReport.MAX_LENGTH);
            state = State.ASKED;
            if (!volume.ask(question, this::onAnswer, 0)) {
                state = State.DUE;
            }
        }
    }

    private void onAnswer(final long tag, final Status status) {
        if (state != State.ASKED) {
            return;
        }
        if (status == Status.OK) {
            state = State.ATTACHED;
        } else {
            due(nowNs + RETRY_NS);
        }
        if (status == Status.OK || status != refusal) {
            listener.onAttached(nowNs, status);
        }
        refusal = status;
    }
}
