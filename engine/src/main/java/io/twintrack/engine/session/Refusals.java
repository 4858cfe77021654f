package io.twintrack.engine.session;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.port.SessionAlerts;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions with one peer that were refused: all are counted, and each reason is logged and reported once until a
 * session is opened. HBA's thread only.
 */
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final String peerIqn;
    private final SessionAlerts alerts;
    private final Counters counters;
    private final Set<Status> reported = EnumSet.noneOf(Status.class);
    private Status last = Status.OK;

    public Refusals(final String peerIqn, final SessionAlerts alerts, final Counters counters) {
        this.peerIqn = peerIqn;
        this.alerts = alerts;
        this.counters = counters;
    }

    /** @param whatHappened for people: a sentence without its end. */
    public void refused(final Status status, final String whatHappened) {
        counters.increment(Counter.HANDSHAKES_REFUSED);
        last = status;
        if (reported.add(status)) {
            LOG.error("{}: {}", whatHappened, status);
            alerts.onRefused(peerIqn, status);
        }
    }

    /** @return why the last one was refused; OK when one was opened since. */
    public Status last() {
        return last;
    }

    /** A session was opened: what goes wrong from now on is news. */
    public void opened() {
        last = Status.OK;
        if (!reported.isEmpty()) {
            reported.clear();
            alerts.onOpened(peerIqn);
        }
    }
}
