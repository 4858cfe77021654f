package io.twintrack.transport.aeron;

import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;

/** Counts what goes wrong inside Aeron and logs it, one line a second at most. HBA's thread only. */
final class ErrorReports implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorReports.class);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private long count;
    private long suppressed;
    private long lastLoggedNs;

    @Override
    public void onError(final Throwable error) {
        count++;
        final long nowNs = System.nanoTime();
        if (count > 1 && nowNs - lastLoggedNs < INTERVAL_NS) {
            suppressed++;
            return;
        }
        lastLoggedNs = nowNs;
        LOG.warn("Aeron: {} ({} more not shown)", describe(error), suppressed);
        LOG.debug("Aeron", error);
        suppressed = 0;
    }

    private static String describe(final Throwable error) {
        final Throwable cause = error.getCause();
        return error.getMessage() + (cause == null ? "" : ", because of " + cause);
    }

    long count() {
        return count;
    }
}
