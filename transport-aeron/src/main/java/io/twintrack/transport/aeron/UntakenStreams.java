package io.twintrack.transport.aeron;

/**
 * Finds out that a peer answers and is not heard. Aeron looks once at a stream that arrives: one that it could not take
 * then, for want of memory for instance, it leaves alone for as long as the subscription lives.
 */
final class UntakenStreams {
    private final long timeoutNs;
    private final Runnable report;
    private long sinceNs;

    /** @param report is run each time that the time-out is over. */
    UntakenStreams(final long timeoutNs, final Runnable report) {
        this.timeoutNs = timeoutNs;
        this.report = report;
    }

    /**
     * @param missing whether the peer answers, and one of its streams is all that a link which is down lacks.
     * @return whether that has been so for the whole time-out.
     */
    boolean isOverdue(final boolean missing, final long nowNs) {
        if (!missing) {
            sinceNs = nowNs;
            return false;
        }
        if (nowNs - sinceNs <= timeoutNs) {
            return false;
        }
        sinceNs = nowNs;
        report.run();
        return true;
    }
}
