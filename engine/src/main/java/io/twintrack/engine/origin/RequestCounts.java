package io.twintrack.engine.origin;

import io.twintrack.engine.Status;

/** What clients asked of one volume since the node started. Written by the HBA's thread. */
public final class RequestCounts {
    public long reads;
    public long writes;
    public long flushes;
    public long errors;
    /** Bytes that went from one side to the other to bring both together. */
    public long copiedBytes;
    private long begun;
    private long ended;

    void began() {
        begun++;
    }

    /** Grows with each that begins or ends. */
    long moves() {
        return begun + ended;
    }

    /** Requests that were begun and have not ended. */
    public long open() {
        return begun - ended;
    }

    void ended(final Request request) {
        switch (request.kind) {
            case READ, REMOTE_READ, REPAIR_READ -> reads++;
            case FLUSH -> flushes++;
            default -> writes++;
        }
        ended++;
        errors += request.status == Status.OK ? 0 : 1;
    }
}
