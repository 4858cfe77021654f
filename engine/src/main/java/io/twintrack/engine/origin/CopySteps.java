package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.frame.BlockHash;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.origin.Request.Kind;
import io.twintrack.engine.origin.Request.Part;
import org.agrona.UnsafeApi;

/** What resync and verify do with one range, step by step, while its range lock is held. */
final class CopySteps {
    private final RequestFlow flow;
    private final Counters counters;
    private final BlockHash hash = new BlockHash();

    CopySteps(final RequestFlow flow, final Counters counters) {
        this.flow = flow;
        this.counters = counters;
    }

    /** Both parts are done, as far as there are any. @return whether another one was started. */
    boolean next(final Request request) {
        if (request.status != Status.OK) {
            return false;
        }
        return switch (request.kind) {
            case COPY -> request.remote == Part.NOT_ASKED && copy(request);
            case COMPARE_AND_COPY -> request.remote == Part.NOT_ASKED ? ask(request)
                : request.different && copy(request);
            case COMPARE -> request.remote == Part.NOT_ASKED ? ask(request) : compared(request);
            case PULL -> request.local == Part.NOT_ASKED && keep(request);
            default -> false;
        };
    }

    private boolean copy(final Request request) {
        request.different = false;
        request.operation = isZero(request.address, (int) request.length) ? Operation.ZERO : Operation.WRITE;
        count(request);
        flow.startRemote(request);
        return true;
    }

    private boolean ask(final Request request) {
        hash.compute(request.address, (int) request.length);
        request.hashLow = hash.low();
        request.hashHigh = hash.high();
        request.operation = Operation.COMPARE;
        counters.increment(Counter.BLOCKS_COMPARED);
        flow.startRemote(request);
        return true;
    }

    private static boolean compared(final Request request) {
        if (request.different) {
            request.failed(Status.DIFFERENT);
        }
        return false;
    }

    private boolean keep(final Request request) {
        request.step = Step.WRITE;
        count(request);
        flow.startLocal(request);
        return true;
    }

    private void count(final Request request) {
        counters.increment(Counter.BLOCKS_COPIED);
        counters.add(Counter.BYTES_COPIED, request.length);
        flow.counts().copiedBytes += request.length;
    }

    /** A hole stays a hole on the other side. The length is a multiple of 512. */
    private static boolean isZero(final long address, final int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (UnsafeApi.getLong(address + i) != 0) {
                return false;
            }
        }
        return true;
    }
}
