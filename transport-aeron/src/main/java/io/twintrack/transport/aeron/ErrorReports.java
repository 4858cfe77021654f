package io.twintrack.transport.aeron;

import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;

/** Counts what goes wrong in the driver and its links and logs it, one line a second at most. HBA's thread only. */
final class ErrorReports implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorReports.class);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private long count;
    private long suppressed;
    private long lastLoggedNs;

    /** Aeron's own: many are ordinary events on a network. */
    @Override
    public void onError(final Throwable error) {
        final Throwable cause = error.getCause();
        report("Aeron: " + error.getMessage() + (cause == null ? "" : ", because of " + cause));
        LOG.debug("Aeron", error);
    }

    void report(final String text) {
        count++;
        final long nowNs = System.nanoTime();
        if (count > 1 && nowNs - lastLoggedNs < INTERVAL_NS) {
            suppressed++;
            return;
        }
        lastLoggedNs = nowNs;
        if (suppressed > 0) {
            LOG.warn("{} (and {} more since the last line)", text, suppressed);
        } else {
            LOG.warn("{}", text);
        }
        suppressed = 0;
    }

    long count() {
        return count;
    }
}
