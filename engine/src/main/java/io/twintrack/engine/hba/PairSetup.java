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
 */
public record PairSetup(
    String name, String peerIqn, BlockDevice device, SideStore store, long life, String diskIdentity,
    boolean foreignDisk, Pacing pacing,
    Fence fence, PairEvents events) {
}
