package io.twintrack.engine.pair;

/**
 * What a person may ask of one side of a pair. HBA's thread only. Each command ends in exactly one
 * {@link CommandResult}, maybe in a later duty cycle; a refusal changes nothing.
 */
public interface PairCommands {
    /** @param nowNs of the duty cycle; the times in the status are of the same clock. */
    PairStatus status(long nowNs);

    /** Drains and flushes both sides, then this side goes on alone until {@link #reestablish}. */
    void sever(CommandListener listener);

    /** Ends when the two sides have found each other and the resync has begun, or is not needed. */
    void reestablish(Keep keep, CommandListener listener);

    /** @param force makes a side primary that may lack what the other one acknowledged. */
    void promote(boolean force, CommandListener listener);

    /** Refused while clients are attached. */
    void demote(CommandListener listener);

    /** @param newSize in bytes, a multiple of 4 KiB. Ends when both sides have it durably. */
    void resize(long newSize, CommandListener listener);

    /** Begins to compare both sides; ends when it has begun, and the status tells how far it is. */
    void verify(CommandListener listener);

    /** Copies the ranges that the last verify reported. @param from the side that is right. */
    void repair(Role from, CommandListener listener);

    /** Declares that the disk under this side is a new one, so that it is filled from the peer. */
    void acceptDisk(CommandListener listener);
}
