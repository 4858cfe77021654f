package io.twintrack.node;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.port.SessionAlerts;

/**
 * What one HBA asks and tells the node around it. HBA's thread.
 *
 * @param events hears of what a person should know.
 * @param offers decides about pairs that peers offer.
 */
record HbaPorts(Fence fence, PairEvents events, PairOffers offers) implements SessionAlerts {
    @Override
    public void onRefused(final String peerIqn, final Status status) {
        events.onEvent(new PairEvent(Kind.HANDSHAKE_REFUSED, peerIqn, System.nanoTime(),
            "a session with this node was refused: " + status,
            "its pairs are not mirrored until a session is opened; those that have one go on",
            status == Status.AUTHENTICATION
                ? "compare the key-file of this peer on both nodes; if they are the same, somebody else is calling"
                : "compare names, versions and addresses in both nodes' files"));
    }

    @Override
    public void onOpened(final String peerIqn) {
        events.onEvent(new PairEvent(Kind.RE_ESTABLISHED, peerIqn, System.nanoTime(),
            "a session with this node was opened", "nothing", "nothing"));
    }
}
