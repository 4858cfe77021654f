package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;

/** Hears how one thing that takes time ended, on the HBA's thread. */
@FunctionalInterface
public interface StatusListener {
    StatusListener IGNORED = status -> { };

    void onStatus(Status status);
}
