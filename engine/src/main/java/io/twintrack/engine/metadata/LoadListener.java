package io.twintrack.engine.metadata;

/** Hears once what a metadata file holds, on the HBA's thread, from {@link SideStore#poll()}. */
@FunctionalInterface
public interface LoadListener {
    /** What a metadata file turned out to be. */
    enum Outcome {
        /** The superblock and all marks are there; the reason, if any, says what was damaged and what that costs. */
        LOADED,
        /** Nothing was ever written to the file: the first change makes it this pair's. */
        NEW,
        /** Nothing is known of this side: the pair is refused, and the reason says why. */
        UNREADABLE
    }

    /** @param reason for people; null when there is nothing to say. */
    void onLoaded(Outcome outcome, String reason);
}
