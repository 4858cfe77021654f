package io.twintrack.engine.port;

import io.twintrack.engine.Status;

/** Takes the completions of one {@link BlockDevice}, on the HBA's thread. */
@FunctionalInterface
public interface BlockListener {
    void onBlockComplete(long token, Status status);
}
