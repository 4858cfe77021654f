package io.twintrack.node.disk;

import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.sata.DiskIdentity;

import java.util.List;

/** Tells of the health of disks, each named by its path. The watch's thread. */
final class DiskEvents {
    private final PairEvents events;

    DiskEvents(final PairEvents events) {
        this.events = events;
    }

    /** @param concerns why a person should look at the disk, or none any more. */
    void onConcerns(final String path, final DiskIdentity identity, final List<String> concerns) {
        events.onEvent(concerns.isEmpty()
            ? new PairEvent(Kind.DISK_RECOVERED, path, System.nanoTime(),
                "disk " + identity + " is as it should be again", "nothing", "nothing")
            : new PairEvent(Kind.DISK_HEALTH, path, System.nanoTime(),
                "disk " + identity + ": " + String.join("; ", concerns),
                "this side of the pairs on this disk: when it fails, only the peer has their data",
                "look with \"twintrack disk health " + path + "\"; replace the disk before it fails, or plug it in "
                    + "again when it is gone"));
    }
}
