package io.twintrack.engine.host;

import io.twintrack.engine.Status;

/** Hears how requests of a {@link HostClient} ended, on the client's thread. */
@FunctionalInterface
public interface CompletionHandler {
    /** @param slot of the request, as the client counts its slots; -1 for a flush or zeroing. */
    void onCompletion(long correlationId, int slot, Status status);
}
