package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.origin.Request.Kind;
import io.twintrack.engine.origin.Request.Part;
import io.twintrack.engine.pair.Mode;
import org.agrona.collections.IntArrayQueue;

/**
 * Answers clients before the target is done, as far as the pair's mode allows. Only the answer is early: the request
 * keeps its memory, its range and its intent mark until both sides are done with it, as in mode disk. So reads that
 * the target serves and writes that overlap wait for it, it is sent again in the next session, it counts as in flight
 * for a flush that clears marks, and a primary that crashes has its region marked. HBA's thread only.
 */
final class EarlyAnswers {
    private final RequestPool requests;
    private final Conduct conduct;
    private final Counters counters;
    /** Flushes that wait for what was answered before them, oldest first. */
    private final IntArrayQueue flushes;
    private long answers;
    private int unfinished;

    EarlyAnswers(final RequestPool requests, final Conduct conduct, final Counters counters) {
        this.requests = requests;
        this.conduct = conduct;
        this.counters = counters;
        flushes = new IntArrayQueue(Math.max(requests.capacity(), 8), -1);
    }

    /** One part of the request is done and the other is not. */
    void onPart(final Request request) {
        if (isDue(request) && request.listener.onAnswered(request.tag)) {
            request.answered = true;
            request.answers = ++answers;
            unfinished++;
            counters.ended(Status.OK);
            counters.increment(Counter.ANSWERED_EARLY);
        }
    }

    private boolean isDue(final Request request) {
        if (request.answered || request.local != Part.DONE || request.status != Status.OK || conduct.isHolding()) {
            return false;
        }
        return switch (conduct.mode()) {
            case DISK -> false;
            case MEMORY -> asksForHeld(request) && request.fragmentsHeld == request.fragments;
            case LOCAL -> request.kind.isSettled() && request.rest == 0;
        };
    }

    /** The target is to say when it has the request in its memory. */
    boolean asksForHeld(final Request request) {
        return request.kind == Kind.WRITE && !request.durable && conduct.mode() == Mode.MEMORY;
    }

    /**
     * What was answered from the target's memory is not on its disk yet, and a flush keeps what was answered before it.
     *
     * @return whether the flush begins later, see {@link #nextFlush}.
     */
    boolean holdsBack(final Request flush) {
        final boolean hasWaited = flush.answers > 0;
        if (unfinished == 0 || hasWaited || conduct.mode() != Mode.MEMORY) {
            return false;
        }
        flush.answers = answers;
        flush.unfinished = unfinished;
        flushes.addInt(flush.index);
        return true;
    }

    /** One that was answered early has ended. */
    void ended(final Request request) {
        unfinished--;
        for (int i = flushes.size(); i > 0; i--) {
            final Request flush = requests.get(flushes.pollInt());
            flush.unfinished -= request.answers <= flush.answers ? 1 : 0;
            flushes.addInt(flush.index);
        }
    }

    /** @return a flush that need not wait any more, or null. */
    Request nextFlush() {
        // An earlier one waits for no more than a later one does.
        return flushes.isEmpty() || requests.get(flushes.peekInt()).unfinished > 0 ? null
            : requests.get(flushes.pollInt());
    }
}
