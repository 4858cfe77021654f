package io.twintrack.engine.host;

/**
 * Ends the sleep of an HBA's thread, or keeps the next one from beginning: an eventfd that its ring waits on, or a
 * semaphore. Any thread; it neither blocks nor throws, and being called without need does no harm.
 */
@FunctionalInterface
public interface Wakeup {
    /** For an HBA that never sleeps. */
    Wakeup NONE = () -> {
    };

    void wake();
}
