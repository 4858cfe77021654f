package io.twintrack.engine.pair;

/**
 * How far a resync is.
 *
 * @param kind           whether everything is compared or the changed tracks are copied.
 * @param direction      from which side to which.
 * @param done           in bytes.
 * @param total          in bytes.
 * @param bytesPerSecond lately; 0 while nothing is known.
 * @param secondsToGo    at that rate; -1 while nothing is known.
 */
public record ResyncStatus(
    Kind kind, Direction direction, long done, long total, long bytesPerSecond, long secondsToGo) {

    /** What is looked at. */
    public enum Kind {
        DELTA, FULL
    }

    /** Seen from the primary, which does the work: it pushes to the redundant side, or pulls from it. */
    public enum Direction {
        PUSH, PULL
    }
}
