package io.twintrack.node.catalogue;

import io.twintrack.node.config.PairConfig;

/**
 * A pair that was established by command.
 *
 * @param hba          that it belongs to.
 * @param remoteVolume of the peer's node.
 */
public record PairEntry(String hba, PairConfig pair, String remoteVolume) {
}
