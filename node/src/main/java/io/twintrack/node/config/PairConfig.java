package io.twintrack.node.config;

/**
 * One side of a pair. Both sides give the pair the same name.
 *
 * @param volume of this HBA.
 * @param peer   of this HBA: where the other side is.
 */
public record PairConfig(String name, String volume, Role role, String peer) {

    /** The origin's volume is the primary one, which clients use; the target's is the redundant one. */
    public enum Role {
        ORIGIN, TARGET
    }
}
