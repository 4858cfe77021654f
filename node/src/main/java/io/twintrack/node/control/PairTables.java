package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.VolumeConfig;

import java.util.List;

/** The pairs of one running HBA. HBA's thread only. */
public interface PairTables {
    /** Of every pair. @param nowNs of the duty cycle. */
    List<PairStatus> statuses(long nowNs);

    /** @return {@code null} when there is none of this name. */
    PairCommands pair(String name);

    /** Opens the volume's disks and begins to run the pair; a refusal leaves everything as it was. */
    void add(PairConfig pair, VolumeConfig volume, CommandListener listener);

    /**
     * Stops running the pair, closes its disks and removes its record. Refused while clients are attached.
     *
     * @param byPeer its other side deletes it.
     */
    void remove(String pair, boolean byPeer, CommandListener listener);

    /** The disks under a pair's volume have become longer, or are about to become shorter. */
    void resizeVolume(VolumeConfig volume, CommandListener listener);
}
