package io.twintrack.engine.pair;

/** Whose changes stay when both sides of a pair went on alone. */
public enum Keep {
    /** No choice: a diverged pair stays as it is. */
    NONE,
    /** This side's: the peer's own changes are overwritten. */
    LOCAL,
    /** The peer's: this side's own changes are overwritten. */
    PEER
}
