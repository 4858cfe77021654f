package io.twintrack.node;

import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.node.config.HookConfig;
import io.twintrack.node.control.HbaControl;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * What the HBAs of a node share.
 *
 * @param iqn      of the node.
 * @param metadata the folder of what must outlive it.
 * @param fence    the program that fences peers, or {@code null}.
 * @param events   hears of what a person should know. Any thread calls it.
 * @param offers   decides for an HBA about pairs that its peers offer.
 */
record NodeParts(
    String iqn, Path metadata, HookConfig fence, PairEvents events, Function<HbaControl, PairOffers> offers) {
}
