package io.twintrack.engine.volume;

import io.twintrack.engine.Status;

/** Hears how a request to a {@link Volume} ended, on the HBA's thread. */
@FunctionalInterface
public interface RequestListener {
    void onComplete(long tag, Status status);
}
