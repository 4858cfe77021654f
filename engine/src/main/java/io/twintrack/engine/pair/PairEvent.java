package io.twintrack.engine.pair;

/**
 * Something that a person should know of.
 *
 * @param pair     its name, or the peer's iSCSI name where no pair is concerned yet, or a disk's path.
 * @param sinceNs  when it began, on the clock of the duty cycle, in nanoseconds.
 * @param what     happened, in one sentence.
 * @param atRisk   what can be lost or is not served while it lasts, in one sentence.
 * @param whatToDo in one sentence; names the command where there is one.
 */
public record PairEvent(Kind kind, String pair, long sinceNs, String what, String atRisk, String whatToDo) {

    /** What it is about. The names are part of the control interface: never renamed. */
    public enum Kind {
        SEVERED,
        RE_ESTABLISHED,
        DIVERGED,
        DISK_FAILED,
        FLUSH_FAILED,
        RESYNC_FINISHED,
        VERIFY_DIFFERENCE,
        /** What a verify found was mended, or a later one found nothing. */
        VERIFY_CLEAN,
        HANDSHAKE_REFUSED,
        METADATA_FAILED,
        /** This side would go on alone, but nobody knows that the peer serves no clients. */
        FENCE_FAILED,
        /** A disk says that a person should look at it, or is gone. */
        DISK_HEALTH,
        /** All of that has ended. */
        DISK_RECOVERED
    }
}
