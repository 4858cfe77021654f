package io.twintrack.engine.volume;

import io.twintrack.engine.Status;

/**
 * Hears how a request to a {@link Volume} ended, on the HBA's thread. One that hears of the end alone need not know that
 * a pair can answer before the target is done ({@link io.twintrack.engine.pair.Mode}): it is as slow as in mode disk.
 */
@FunctionalInterface
public interface RequestListener {
    void onComplete(long tag, Status status);

    /**
     * The request has succeeded as far as its client is concerned, and the engine still needs its memory.
     *
     * @return whether the client is told now. Then {@link #onReleased} follows, exactly once, in place of
     *         {@link #onComplete}.
     */
    default boolean onAnswered(final long tag) {
        return false;
    }

    /**
     * The memory of a request that was answered belongs to the engine no more.
     *
     * @param status how it ended after all; nobody has to be told, since what follows of an error is the pair's matter.
     */
    default void onReleased(final long tag, final Status status) {
    }
}
