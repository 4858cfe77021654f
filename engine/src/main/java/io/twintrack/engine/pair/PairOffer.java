package io.twintrack.engine.pair;

/**
 * A pair that a peer wants to establish, and that is not known here.
 *
 * @param pair      its name.
 * @param peer      iSCSI name of the node that asks; it holds the key of that peer.
 * @param volume    of this node.
 * @param size      in bytes.
 * @param mode      when a write counts as done.
 * @param trackSize in bytes.
 */
public record PairOffer(String pair, String peer, String volume, long size, Mode mode, int trackSize) {
}
