package io.twintrack.engine.hba;

import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.resync.Pacing;

/**
 * One side of a pair, for an HBA to take care of.
 *
 * @param name        the same on both sides.
 * @param peerIqn     who has the other side.
 * @param device      the volume's bytes; its only user is this pair.
 * @param store       its record, loaded and not new.
 * @param life        of the volatile caches below the device: another number, not 0, after a loss of power.
 * @param diskIdentity by which the device is known again.
 * @param foreignDisk the device is not the one that the record belongs to: nothing is served or copied until a person
 *                    declares it a new one.
 * @param remoteVolume of the peer's node: what it is to put the pair on when it does not know it; empty to offer
 *                     nothing.
 */
public record PairSetup(
    String name, String peerIqn, BlockDevice device, SideStore store, long life, String diskIdentity,
    boolean foreignDisk, Pacing pacing,
    Fence fence, PairEvents events, String remoteVolume) {

    /** A pair that both sides know by themselves. */
    public PairSetup(
        final String name, final String peerIqn, final BlockDevice device, final SideStore store, final long life,
        final String diskIdentity, final boolean foreignDisk, final Pacing pacing, final Fence fence,
        final PairEvents events) {
        this(name, peerIqn, device, store, life, diskIdentity, foreignDisk, pacing, fence, events, "");
    }
}
