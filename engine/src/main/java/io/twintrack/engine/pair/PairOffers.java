package io.twintrack.engine.pair;

/**
 * Decides whether this node becomes the redundant side of a pair that an authenticated peer wants to establish and that
 * is not known here. HBA's thread; it must not block.
 */
@FunctionalInterface
public interface PairOffers {
    /** For a node that takes none. */
    PairOffers NONE = (pair, peer, volume, size, listener) -> listener.onResult(CommandResult.refused(
        "pair " + pair + " is not known here", "both sides of a pair must be configured", null));

    /**
     * @param pair     its name.
     * @param peer     iSCSI name of the node that asks.
     * @param volume   of this node.
     * @param size     in bytes.
     * @param listener hears once, on the HBA's thread: done means that the pair is recorded here and was added.
     */
    void onOffer(String pair, String peer, String volume, long size, CommandListener listener);
}
