package io.twintrack.node.catalogue;

import io.twintrack.node.config.VolumeConfig;

/**
 * A volume that was made by command.
 *
 * @param hba      that it belongs to.
 * @param ownFiles its files were made with it, so they may be made longer, cut and removed with it.
 */
public record VolumeEntry(String hba, boolean ownFiles, VolumeConfig volume) {
}
