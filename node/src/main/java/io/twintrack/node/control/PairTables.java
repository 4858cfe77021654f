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

    /** Opens the volume's disks and begins to run a new pair; a refusal leaves everything as it was. */
    void add(PairConfig pair, VolumeConfig volume, CommandListener listener);

    /**
     * Stops running the pair and closes its disks. Refused while clients are attached. Its record stays until {@link
     * #forget}: a node that starts before the tables are changed finds the pair as it was.
     *
     * @param byPeer its other side deletes it.
     */
    void remove(String pair, boolean byPeer, CommandListener listener);

    /** Removes the record of a pair that stands in no table, durably; done also when there is none. */
    void forget(String pair, CommandListener listener);

    /** The disks under a pair's volume have become longer, or are about to become shorter. */
    void resizeVolume(VolumeConfig volume, CommandListener listener);
}
