package io.twintrack.engine.pair;

/**
 * How the data of two sides of one pair descend from each other, by their generations alone. "Later" holds everything
 * that was acknowledged on the other side, and more. "Uncounted": no side's tracks count from what the other one has,
 * so marks say nothing.
 */
enum Lineage {
    SAME, OWN_LATER, OWN_LATER_UNCOUNTED, PEER_LATER, PEER_LATER_UNCOUNTED,
    /** Neither is proved to hold what the other one has. */
    APART,
    /** Neither is whole. */
    NO_SOURCE;

    static Lineage of(final SideView own, final SideView peer) {
        if (own.fresh || peer.fresh) {
            return ofFresh(own, peer);
        }
        if (own.isInconsistent() && peer.isInconsistent()) {
            return NO_SOURCE;
        }
        if (own.generation().is(peer.generation())) {
            return own.isInconsistent() ? PEER_LATER : peer.isInconsistent() ? OWN_LATER : SAME;
        }
        final boolean ownLater = descends(own, peer);
        if (ownLater == descends(peer, own)) {
            return APART;
        }
        if (ownLater) {
            return own.wentOnFrom(peer.generation()) ? OWN_LATER : OWN_LATER_UNCOUNTED;
        }
        return peer.wentOnFrom(own.generation()) ? PEER_LATER : PEER_LATER_UNCOUNTED;
    }

    private static Lineage ofFresh(final SideView own, final SideView peer) {
        final SideView source = sourceBesideFresh(own, peer);
        if (source == null) {
            return own.isInconsistent() || peer.isInconsistent() ? NO_SOURCE : APART;
        }
        return source == own ? OWN_LATER_UNCOUNTED : PEER_LATER_UNCOUNTED;
    }

    /** @return the side that all bytes come from, or null. */
    private static SideView sourceBesideFresh(final SideView own, final SideView peer) {
        if (own.fresh && peer.fresh) {
            final SideView primary = own.isPrimary() ? own : peer;
            return own.isBlank() != peer.isBlank() ? own.isBlank() ? peer : own : own.isBlank() ? primary : null;
        }
        final SideView fresh = own.fresh ? own : peer;
        final SideView known = own.fresh ? peer : own;
        if (known.isInconsistent()) {
            // The very first resync: its sink had begun, its source had not noted that yet.
            return !fresh.isBlank() && (fresh.current.is(known.syncGeneration) || names(fresh, known)) ? fresh : null;
        }
        return fresh.isBlank() || fresh.current.is(known.current) || names(known, fresh) ? known : null;
    }

    private static boolean descends(final SideView later, final SideView earlier) {
        return names(later, earlier) && !mayHoldMore(earlier, later);
    }

    private static boolean names(final SideView later, final SideView earlier) {
        return later.wentOnFrom(earlier.generation()) || later.remembers(earlier.generation());
    }

    /**
     * The earlier side was cut off in the middle of writes that it acknowledged, and the later one cannot have them
     * all: it got them after their acknowledgement, perhaps, or into caches that it lost before it went on. In mode
     * memory it had them, but not whether its process was started anew before it went on, which nobody recorded.
     */
    private static boolean mayHoldMore(final SideView earlier, final SideView later) {
        final boolean writesUnderWay = earlier.activeRegions > 0 && !earlier.isInconsistent();
        final boolean answeredEarly = earlier.mode != Mode.DISK;
        return writesUnderWay && (answeredEarly || lostItsLife(later, earlier) && !lostItsLife(earlier, later));
    }

    /** Its volatile caches are not those any more that they were when both were last in step, by either's record. */
    static boolean lostItsLife(final SideView side, final SideView other) {
        return side.life != side.lastOwnLife || side.life != other.lastPeerLife;
    }

    boolean ownIsSource() {
        return this == OWN_LATER || this == OWN_LATER_UNCOUNTED;
    }

    boolean peerIsSource() {
        return this == PEER_LATER || this == PEER_LATER_UNCOUNTED;
    }

    boolean isCounted() {
        return this == SAME || this == OWN_LATER || this == PEER_LATER;
    }
}
