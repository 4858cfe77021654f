package io.twintrack.engine.port;

import io.twintrack.engine.Status;

/** Hears what a person should know of the sessions with a peer. On the HBA's thread: it must not wait. */
@FunctionalInterface
public interface SessionAlerts {
    SessionAlerts IGNORED = (peerIqn, status) -> { };

    /**
     * A session with the peer was refused, by it or by this node. Called once for each reason, and again only after a
     * session was opened in between.
     *
     * @param peerIqn the node at the other end of the link, as configured here; who called may be somebody else.
     */
    void onRefused(String peerIqn, Status status);

    /** A session with the peer was opened, after others had been refused. */
    default void onOpened(final String peerIqn) {
    }
}
