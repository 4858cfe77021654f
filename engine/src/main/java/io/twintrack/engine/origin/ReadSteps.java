package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.origin.Request.Kind;
import io.twintrack.engine.origin.Request.Part;

/** A client's read: from this node's disk, or from the target when that cannot serve it. HBA's thread only. */
final class ReadSteps {
    private final RequestFlow flow;
    private final Conduct conduct;
    private final Counters counters;

    ReadSteps(final RequestFlow flow, final Conduct conduct, final Counters counters) {
        this.flow = flow;
        this.conduct = conduct;
        this.counters = counters;
    }

    void begin(final Request request) {
        if (conduct.isAttached() && isStaleOnTarget(request)) {
            flow.abandon(request);
        } else if (request.kind != Kind.READ) {
            flow.askForBytes(request);
        } else if (conduct.usesDisk()) {
            flow.startLocal(request);
        } else {
            readElsewhere(request, Kind.REMOTE_READ);
        }
    }

    /** In its turn: a write that overlaps may have been answered and not be there yet. */
    private void readElsewhere(final Request request, final Kind kind) {
        request.kind = kind;
        request.status = Status.OK;
        request.local = Part.NOT_ASKED;
        flow.startInRange(request);
    }

    /** Both parts are done, as far as there are any. @return whether another one was started. */
    boolean next(final Request request) {
        return switch (request.kind) {
            case READ -> redirect(request);
            case REPAIR_READ -> mend(request);
            default -> false;
        };
    }

    /**
     * A read goes to the target where the blocks are the same there. A target that was away meanwhile may have lost
     * them with its caches, so that is asked anew whenever the read goes out: old bytes would not only be read, they
     * would be written to this node's disk as well.
     */
    boolean isStaleOnTarget(final Request request) {
        return request.kind == Kind.REPAIR_READ && !conduct.isCleanOnTarget(request.offset, request.length);
    }

    private boolean redirect(final Request request) {
        final boolean elsewhere = request.local == Part.FAILED && conduct.usesTarget()
            && conduct.isCleanOnTarget(request.offset, request.length);
        if (elsewhere) {
            counters.increment(Counter.READS_REDIRECTED);
            readElsewhere(request, Kind.REPAIR_READ);
        }
        return elsewhere;
    }

    /** The client's bytes are here; they also mend the block that could not be read. */
    private boolean mend(final Request request) {
        if (request.remote == Part.DONE && request.local == Part.NOT_ASKED && conduct.usesDisk()) {
            request.step = Step.WRITE;
            flow.startLocal(request);
            return true;
        }
        if (request.remote == Part.DONE) {
            request.status = Status.OK;
        }
        return false;
    }
}
