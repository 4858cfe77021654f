package io.twintrack.node;

import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.PairEvents;

import java.nio.file.Path;

/**
 * What the HBAs of a node share.
 *
 * @param iqn      of the node.
 * @param metadata the folder of what must outlive it.
 * @param events   hears of what a person should know. Any thread calls it.
 */
record NodeParts(String iqn, Path metadata, Fence fence, PairEvents events) {
}
