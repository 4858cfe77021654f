package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.node.catalogue.PairEntry;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.PairConfig.Role;
import io.twintrack.node.config.PeerConfig;
import io.twintrack.node.config.Units;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.disk.DiskView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What commands do to the pairs of a node. Establishing and deleting run on the thread that changes the tables; the
 * others on any.
 */
final class Pairs {
    private static final Logger LOG = LoggerFactory.getLogger(Pairs.class);

    private final Inventory inventory;
    private final PairControls controls;
    private final Executor tables;
    private final Supplier<List<DiskView>> disks;
    private final WallClock clock = new WallClock();

    Pairs(final Inventory inventory, final PairControls controls, final Executor tables,
        final Supplier<List<DiskView>> disks) {
        this.inventory = inventory;
        this.controls = controls;
        this.tables = tables;
        this.disks = disks;
    }

    /** Of all HBAs. */
    CompletableFuture<List<PairView>> list() {
        CompletableFuture<List<PairView>> all = CompletableFuture.completedFuture(List.of());
        for (final HbaControl hba : controls.hbas()) {
            all = all.thenCombine(controls.bounded(hba.statuses()), (views, statuses) -> joined(views, hba, statuses));
        }
        return all;
    }

    CompletableFuture<PairView> get(final String name) {
        return list().thenApply(views -> views.stream().filter(view -> view.name().equals(name)).findFirst()
            .orElseThrow(() -> Refusal.unknown(NodeRule.KNOWN_PAIR, "there is no pair " + name)));
    }

    CompletableFuture<String> command(final String name, final BiConsumer<PairCommands, CommandListener> command) {
        final HbaControl hba = controls.hba(inventory.hbaOfPair(name).name());
        return controls.bounded(hba.command(name, command)).thenApply(Refusal::done);
    }

    /**
     * Records the pair and begins to run it; a pair that the HBA refuses is not recorded. What an earlier pair of this
     * name left goes first: a node that starts as soon as the tables have the pair would take it for this one's.
     *
     * @return what was done.
     */
    String establish(final PairRequest request) {
        final HbaConfig hba = inventory.hbaOfVolume(request.volume());
        final VolumeConfig volume = hba.volume(request.volume());
        requirePeer(hba, request.peer());
        requireFree(hba, request);
        final PairConfig pair = request.pair();
        final HbaControl runs = controls.hba(hba.name());
        controls.await(runs.change((all, listener) -> all.forget(pair.name(), listener)));
        inventory.change(inventory.made().with(new PairEntry(hba.name(), pair, request.remoteVolume())));
        try {
            return controls.await(runs.change((all, listener) -> all.add(pair, volume, listener)));
        } catch (final Refusal e) {
            inventory.change(inventory.made().withoutPair(pair.name()));
            throw e;
        }
    }

    /**
     * Stops running the pair, then strikes it from the tables, then removes its record: after a crash between two of
     * these it is there as it was, or gone. @return what was done.
     */
    String delete(final String name) {
        return delete(name, false);
    }

    private String delete(final String name, final boolean byPeer) {
        if (inventory.isPairDeclared(name)) {
            throw Refusal.rule(NodeRule.PAIR_DECLARED, "pair " + name + " stands in the node's file", "NAME", name);
        }
        final HbaConfig hba = inventory.hbaOfPair(name);
        final String done =
            controls.await(controls.hba(hba.name()).change((all, listener) -> all.remove(name, byPeer, listener)));
        inventory.change(inventory.made().withoutPair(name));
        forget(hba, name);
        return done;
    }

    /** A record that stays harms nobody: it goes before a new pair of this name is made. */
    private void forget(final HbaConfig hba, final String name) {
        try {
            controls.await(controls.hba(hba.name()).change((all, listener) -> all.forget(name, listener)));
        } catch (final Refusal e) {
            LOG.warn("Pair {} is deleted: {}", name, e.body().error());
        }
    }

    /** What peers ask of this HBA when they establish a pair. */
    PairOffers offers(final HbaControl hba) {
        return new PairOffers() {
            @Override
            public void onOffer(final PairOffer offer, final CommandListener listener) {
                later(listener, () -> tell(hba, accepted(hba, offer), listener));
            }

            @Override
            public void onWithdrawn(final String pair, final String peer, final CommandListener listener) {
                later(listener, () -> tell(hba, withdrawn(hba, pair, peer), listener));
            }
        };
    }

    private void later(final CommandListener listener, final Runnable task) {
        try {
            tables.execute(task);
        } catch (final RejectedExecutionException e) {
            listener.onResult(CommandResult.refused(NodeRule.NODE_STOPPING.refuses("the node is stopping")));
        }
    }

    /** A pair that a peer deletes. */
    private CommandResult withdrawn(final HbaControl hba, final String pair, final String peerIqn) {
        try {
            final HbaConfig config = inventory.hba(hba.name());
            final boolean theirs = config.pairs().stream().anyMatch(
                one -> one.name().equals(pair) && config.peer(one.peer()).iqn().equals(peerIqn));
            if (!theirs) {
                throw Refusal.unknown(NodeRule.PAIR_THEIRS, "there is no pair " + pair + " with " + peerIqn);
            }
            return CommandResult.done(delete(pair, true));
        } catch (final Refusal e) {
            LOG.warn("{} deletes pair {}, and it is kept here: {}", peerIqn, pair, e.body().error());
            return CommandResult.refused(e.why());
        }
    }

    /** An offer is not made again before its listener has heard. */
    private void tell(final HbaControl hba, final CommandResult result, final CommandListener listener) {
        if (!hba.run(() -> listener.onResult(result))) {
            LOG.debug("HBA {} is too busy to hear of an offer: {}", hba.name(), result.what());
            try {
                tables.execute(() -> tell(hba, result, listener));
            } catch (final RejectedExecutionException e) {
                LOG.debug("The node stops before HBA {} has heard of an offer", hba.name());
            }
        }
    }

    private CommandResult accepted(final HbaControl hba, final PairOffer offer) {
        try {
            final HbaConfig config = inventory.hba(hba.name());
            final PeerConfig peer = config.peers().stream().filter(one -> one.iqn().equals(offer.peer())).findFirst()
                .orElseThrow(() -> Refusal.unknown(NodeRule.PAIR_PEER_NAMED, "no peer is named " + offer.peer()));
            if (config.volumes().stream().noneMatch(one -> one.name().equals(offer.volume()))) {
                throw Refusal.unknown(NodeRule.PAIR_VOLUME_THERE, "there is no volume " + offer.volume() + " on HBA "
                    + hba.name(), "VOLUME", offer.volume(), "SIZE", Units.sizeText(offer.size()));
            }
            final long size = config.volume(offer.volume()).size();
            if (size < offer.size()) {
                throw Refusal.rule(NodeRule.PAIR_ROOM, "volume " + offer.volume() + " has " + size
                    + " bytes, the pair needs " + offer.size(), "VOLUME", offer.volume(),
                    "SIZE", Units.sizeText(offer.size()));
            }
            return CommandResult.done(establish(PairRequest.redundant(offer, peer.name())));
        } catch (final Refusal e) {
            return CommandResult.refused(e.why());
        }
    }

    private List<PairView> joined(final List<PairView> views, final HbaControl hba, final List<PairStatus> statuses) {
        final List<PairView> all = new ArrayList<>(views);
        for (final PairStatus status : statuses) {
            all.add(PairView.of(status, hba.name(), inventory.isPairDeclared(status.name()),
                disksUnder(hba.name(), status.volume()), clock.at(status.sinceNs())));
        }
        return all;
    }

    /** Of type sata. A volume that is being made or deleted may not be known any more. */
    private List<DiskView> disksUnder(final String hba, final String volume) {
        final Set<String> paths = inventory.all().hbas().stream().filter(one -> one.name().equals(hba))
            .flatMap(one -> one.volumes().stream()).filter(one -> one.name().equals(volume))
            .flatMap(one -> one.extents().stream()).map(extent -> extent.path().toString())
            .collect(Collectors.toSet());
        return disks.get().stream().filter(disk -> paths.contains(disk.path())).toList();
    }

    private static void requirePeer(final HbaConfig hba, final String peer) {
        final List<String> peers = hba.peers().stream().map(PeerConfig::name).toList();
        if (!peers.contains(peer)) {
            throw Refusal.unknown(NodeRule.KNOWN_PEER,
                "HBA " + hba.name() + " has no peer " + peer + "; it has " + String.join(", ", peers));
        }
    }

    private void requireFree(final HbaConfig hba, final PairRequest request) {
        Inventory.pairOn(hba, request.volume()).ifPresent(pair -> {
            throw Refusal.rule(NodeRule.PAIR_VOLUME,
                "volume " + request.volume() + " belongs to pair " + pair.name() + " already", "NAME", pair.name());
        });
        if (inventory.all().hbas().stream().flatMap(one -> one.pairs().stream())
            .anyMatch(pair -> pair.name().equals(request.name()))) {
            throw Refusal.rule(NodeRule.PAIR_NAME, "there is a pair " + request.name() + " already",
                "VOLUME", request.volume(), "PEER", request.peer());
        }
    }

    /** How a role is called in the node's file. */
    static Role configured(final io.twintrack.engine.pair.Role role) {
        return role == io.twintrack.engine.pair.Role.PRIMARY ? Role.ORIGIN : Role.TARGET;
    }
}
