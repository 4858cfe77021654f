package io.twintrack.engine.pair;

import io.twintrack.engine.pair.Decision.Demotion;
import io.twintrack.engine.pair.Decision.Direction;
import io.twintrack.engine.pair.Decision.Outcome;

/**
 * Decides, at the primary, what happens between two sides that have just attached. A pure function of what both say
 * about themselves; it looks at rows from top to bottom, and the first that fits holds.
 *
 * <pre>
 *  "own" is the side that decides. generation: the current one; of an Inconsistent side the one that it is brought to.
 *  fresh: never in step, or on a replaced disk; blank: fresh, and Inconsistent or without a generation.
 *  later: its base or its history names the other one's generation, and the other one cannot hold more.
 *
 *  row  own and peer                                             outcome
 *  ---  -------------------------------------------------------  ----------------------------------------------------
 *       WHO THEY ARE
 *   1   pair ids differ                                          UNRELATED
 *   2   both redundant                                           REFUSED NO_PRIMARY
 *   3   own redundant, peer primary                              REFUSED PEER_DECIDES
 *       WHAT FORBIDS EVERYTHING
 *   4   own or peer Failed                                       REFUSED OWN_DISK_FAILED, PEER_DISK_FAILED
 *   5   apart: not the same, and neither or both are later       DIVERGED
 *   6   both primary, and same; or the earlier one has clients   DIVERGED
 *   7   sizes differ, but not by the resize on its way           REFUSED SIZE_MISMATCH
 *   8   peer's sectors are coarser                               REFUSED SECTOR_MISMATCH
 *   9   track sizes or modes differ                              REFUSED TRACK_MISMATCH, MODE_MISMATCH
 *  10   both Inconsistent; or one, and the other one fresh       REFUSED NO_SOURCE
 *  11   peer exported                                            REFUSED EXPORTED
 *  12   own severed by command                                   REFUSED SEVERED_BY_COMMAND
 *       BOTH PRIMARY, one earlier and without clients
 *  13   peer is the earlier one                                  as 16 to 19, PUSH; peer demotes itself first
 *  14   own is the earlier one                                   as 16 to 19, PUSH by peer; own demotes itself first
 *       ONE PRIMARY: WHO HAS THE DATA
 *  15   data is with peer; own has clients, is not Inconsistent  REFUSED PRIMARY_IN_USE
 *  16   both fresh: one has a data set, or both are blank        FULL from that one, or FULL PUSH
 *  17   one fresh, and blank or not later than the other        FULL from the other one
 *  18   one later by its history alone                           FULL from that one
 *  19   one later by its base, or the other one is Inconsistent  DELTA from that one
 *       and is being brought to this one's generation or base
 *       ONE PRIMARY, SAME GENERATION
 *  20   own lost its life, peer did not, mode is not LOCAL       PULL
 *  21   else                                                     PUSH
 *       20, 21 are a DELTA if one of them holds, else NOTHING:
 *         a   own crashed, or either lost its life; own has active regions
 *         b   changed tracks on own; changed tracks or active regions on peer
 *         c   a base on either: the end of a resync was not noted by both
 *  22   DELTA or NOTHING, and own or peer asks to compare all,   FULL in the same direction
 *       or last knew the other one's disk as Failed
 * </pre>
 */
public final class DecisionTable {
    private DecisionTable() {
    }

    /**
     * @param own  the side that decides, a primary.
     * @param peer the other side, as it reported itself.
     */
    public static Decision decide(final SideView own, final SideView peer) {
        if (!own.pairId.is(peer.pairId)) {
            return Decision.UNRELATED;
        }
        if (!own.isPrimary()) {
            return Decision.refused(peer.isPrimary() ? Refusal.PEER_DECIDES : Refusal.NO_PRIMARY);
        }
        if (own.isFailed() || peer.isFailed()) {
            return Decision.refused(own.isFailed() ? Refusal.OWN_DISK_FAILED : Refusal.PEER_DISK_FAILED);
        }
        final Lineage lineage = Lineage.of(own, peer);
        if (isSplitBrain(own, peer, lineage)) {
            return Decision.DIVERGED;
        }
        final Refusal refusal = refusal(own, peer, lineage);
        if (refusal != null) {
            return Decision.refused(refusal);
        }
        final Decision decision = peer.isPrimary() ? oneDemotes(own, peer, lineage)
            : lineage == Lineage.SAME ? inStep(own, peer) : fromTheLater(own, peer, lineage);
        return decision.withResize(own.size != peer.size);
    }

    private static boolean isSplitBrain(final SideView own, final SideView peer, final Lineage lineage) {
        if (lineage == Lineage.APART) {
            return true;
        }
        if (!peer.isPrimary()) {
            return false;
        }
        return lineage == Lineage.SAME
            || lineage.ownIsSource() && peer.clients
            || lineage.peerIsSource() && own.clients;
    }

    /** @return {@code null} when nothing forbids it. */
    private static Refusal refusal(final SideView own, final SideView peer, final Lineage lineage) {
        return own.size != peer.size && !isResizing(own, peer) ? Refusal.SIZE_MISMATCH
            : peer.sectorSize > own.sectorSize ? Refusal.SECTOR_MISMATCH
            : peer.trackSize != own.trackSize ? Refusal.TRACK_MISMATCH
            : peer.mode != own.mode ? Refusal.MODE_MISMATCH
            : lineage == Lineage.NO_SOURCE ? Refusal.NO_SOURCE
            : peer.exported ? Refusal.EXPORTED
            : own.severedByCommand ? Refusal.SEVERED_BY_COMMAND
            : lineage.peerIsSource() && !peer.isPrimary() && own.clients && !own.isInconsistent()
                ? Refusal.PRIMARY_IN_USE
            : null;
    }

    private static boolean isResizing(final SideView own, final SideView peer) {
        return own.resizeId != 0 && own.resizeSize == peer.size || peer.resizeId != 0 && peer.resizeSize == own.size;
    }

    private static Decision oneDemotes(final SideView own, final SideView peer, final Lineage lineage) {
        final Demotion demotion = lineage.ownIsSource() ? Demotion.PEER : Demotion.OWN;
        return copy(own, peer, lineage.isCounted(), Direction.PUSH, demotion);
    }

    private static Decision fromTheLater(final SideView own, final SideView peer, final Lineage lineage) {
        final Direction direction = lineage.ownIsSource() ? Direction.PUSH : Direction.PULL;
        return copy(own, peer, lineage.isCounted(), direction, Demotion.NONE);
    }

    private static Decision inStep(final SideView own, final SideView peer) {
        final boolean ownLost = Lineage.lostItsLife(own, peer);
        final boolean peerLost = Lineage.lostItsLife(peer, own);
        final boolean unknownEnds = (own.crashed || ownLost || peerLost) && own.activeRegions > 0;
        final boolean marked = own.markedTracks > 0 || peer.hasMarks();
        final boolean endNotNoted = !own.base.isNone() || !peer.base.isNone();
        if (!unknownEnds && !marked && !endNotNoted && !distrusted(own, peer)) {
            return Decision.NOTHING;
        }
        final boolean pull = ownLost && !peerLost && own.mode != Mode.LOCAL;
        if (pull && own.clients) {
            return Decision.refused(Refusal.PRIMARY_IN_USE);
        }
        return copy(own, peer, true, pull ? Direction.PULL : Direction.PUSH, Demotion.NONE);
    }

    private static Decision copy(
        final SideView own, final SideView peer, final boolean counted, final Direction direction,
        final Demotion demotion) {
        final boolean full = !counted || distrusted(own, peer);
        return new Decision(full ? Outcome.FULL : Outcome.DELTA, direction, demotion, ownIntent(own, peer), false,
            null);
    }

    private static boolean distrusted(final SideView own, final SideView peer) {
        return own.distrustsMarks() || peer.distrustsMarks();
    }

    /** A primary that ran through and whose peer kept its caches knows each track that may differ. */
    private static boolean ownIntent(final SideView own, final SideView peer) {
        return own.crashed || Lineage.lostItsLife(own, peer) || Lineage.lostItsLife(peer, own)
            || own.isInconsistent();
    }
}
