package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;

/** Hears on the HBA's thread, from {@link SideStore#poll()}, that a holder which had to wait need not wait longer. */
@FunctionalInterface
public interface IntentListener {
    /** @param status OK: the holder counts as begun. Else it does not, and nothing of it may be written. */
    void onIntent(int holder, Status status);
}
