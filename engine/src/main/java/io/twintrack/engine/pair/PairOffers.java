package io.twintrack.engine.pair;

/**
 * Decides whether this node becomes the redundant side of a pair that an authenticated peer wants to establish and that
 * is not known here. HBA's thread; it must not block.
 */
public interface PairOffers {
    /** For a node that takes none. */
    PairOffers NONE = (offer, listener) -> listener.onResult(CommandResult.refused(
        PairRule.OFFER_REFUSED.refuses("pair " + offer.pair() + " is not known here")));

    /**
     * The peer asks again until the pair is there; an offer that waits for its listener is not made a second time.
     *
     * @param listener hears once, on the HBA's thread: done means that the pair is recorded here and was added.
     */
    void onOffer(PairOffer offer, CommandListener listener);

    /**
     * The peer deletes a pair that is known here.
     *
     * @param pair     its name.
     * @param peer     iSCSI name of the node that deletes it.
     * @param listener hears once, on the HBA's thread: done means that it is deleted here too.
     */
    default void onWithdrawn(final String pair, final String peer, final CommandListener listener) {
        listener.onResult(CommandResult.refused(
            PairRule.WITHDRAWAL_REFUSED.refuses("pair " + pair + " is kept here", "NAME", pair)));
    }
}
