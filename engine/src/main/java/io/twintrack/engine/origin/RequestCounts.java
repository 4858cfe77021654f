package io.twintrack.engine.origin;

import io.twintrack.engine.Status;

/** What clients asked of one volume since the node started. Written by the HBA's thread. */
public final class RequestCounts {
    public long reads;
    public long writes;
    public long flushes;
    public long errors;

    void ended(final Request request) {
        switch (request.kind) {
            case READ, REPAIR_READ -> reads++;
            case FLUSH -> flushes++;
            default -> writes++;
        }
        errors += request.status == Status.OK ? 0 : 1;
    }
}
