package io.twintrack.engine.hba;

import io.twintrack.engine.origin.Origin;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.replica.TargetSession;

/** Another HBA at the end of a link: this one is origin for some pairs there and target for others. */
final class Peer implements LinkListener {
    private static final int POLL_LIMIT = 64;

    final String iqn;
    final ReplicaLink link;
    final Origin origin;
    final TargetSession target;

    Peer(final String iqn, final ReplicaLink link, final Origin origin, final TargetSession target) {
        this.iqn = iqn;
        this.link = link;
        this.origin = origin;
        this.target = target;
        link.listener(this);
    }

    int pollInbound(final long nowNs) {
        return target.pollFrames(POLL_LIMIT) + origin.pollReplies(nowNs, POLL_LIMIT);
    }

    int pollOutbound(final long nowNs) {
        return target.poll() + origin.poll(nowNs);
    }

    @Override
    public void onLinkUp(final long nowNs) {
        origin.onLinkUp(nowNs);
    }

    @Override
    public void onLinkDown(final long nowNs, final String reason) {
        origin.onLinkDown(nowNs, reason);
        target.onLinkDown(reason);
    }
}
