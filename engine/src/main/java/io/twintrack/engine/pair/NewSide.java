package io.twintrack.engine.pair;

import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.metadata.SuperblockChange;
import java.util.function.LongSupplier;

/**
 * The first record of one side of a pair. The primary names the pair; the redundant side takes the name from the first
 * primary that attaches. Neither has been in step with anybody, so everything will be compared.
 *
 * @param diskIdentity by which the disk is known again: serial number, WWN, or of a file its inode and birth.
 * @param random       64 bits that nobody can guess.
 */
public record NewSide(
    String pair, String volume, String localIqn, String peerIqn, long size, int trackSize, Role role, Mode mode,
    String diskIdentity, LongSupplier random) implements SuperblockChange {

    @Override
    public void edit(final Superblock side) {
        side.metadataIdHigh = random.getAsLong();
        side.metadataIdLow = random.getAsLong() | 1;
        side.pairName = pair;
        side.volumeName = volume;
        side.localIqn = localIqn;
        side.peerIqn = peerIqn;
        side.diskIdentity = diskIdentity;
        side.volumeSize = size;
        side.role = role;
        side.mode = mode;
        side.sideState = role == Role.PRIMARY ? SideState.CONSISTENT : SideState.INCONSISTENT;
        if (role == Role.PRIMARY) {
            side.pairIdHigh = random.getAsLong();
            side.pairIdLow = random.getAsLong();
            Generations.current(side, Generations.draw(random));
        }
    }
}
