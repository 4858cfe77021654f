package io.twintrack.node.catalogue;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.NbdConfig;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.PairConfig.Role;
import io.twintrack.node.config.VolumeConfig;

import java.util.ArrayList;
import java.util.List;

/** Lays what was made by command over what a node's file declares. Neither may contradict the other. */
public final class Overlay {
    private final NodeConfig declared;
    private final Tables tables;

    private Overlay(final NodeConfig declared, final Tables tables) {
        this.declared = declared;
        this.tables = tables;
    }

    /** @throws CommandFailedException that names the contradiction and what to do. */
    public static NodeConfig of(final NodeConfig declared, final Tables tables) throws CommandFailedException {
        final Overlay overlay = new Overlay(declared, tables);
        for (final VolumeEntry entry : tables.volumes()) {
            overlay.hba("volume " + entry.volume().name(), entry.hba());
        }
        for (final PairEntry entry : tables.pairs()) {
            overlay.hba("pair " + entry.pair().name(), entry.hba());
        }
        final List<HbaConfig> hbas = new ArrayList<>();
        for (final HbaConfig hba : declared.hbas()) {
            hbas.add(overlay.over(hba));
        }
        final NodeConfig node = declared.withHbas(hbas);
        overlay.check(node);
        return node;
    }

    private HbaConfig over(final HbaConfig hba) throws CommandFailedException {
        final List<VolumeConfig> volumes = new ArrayList<>(hba.volumes());
        tables.volumes().stream().filter(entry -> entry.hba().equals(hba.name()))
            .forEach(entry -> volumes.add(entry.volume()));
        final List<PairConfig> pairs = new ArrayList<>(hba.pairs());
        tables.pairs().stream().filter(entry -> entry.hba().equals(hba.name()))
            .forEach(entry -> pairs.add(entry.pair()));
        return hba.with(volumes, pairs, exports(hba));
    }

    /**
     * Every pair that was established here is exported, beside what the file names; the first origin brings a server.
     */
    private NbdConfig exports(final HbaConfig hba) {
        final List<PairConfig> made = tables.pairs().stream().filter(entry -> entry.hba().equals(hba.name()))
            .map(PairEntry::pair).toList();
        final List<String> added = made.stream().map(PairConfig::name).toList();
        if (added.isEmpty() || hba.nbd() == null && made.stream().noneMatch(pair -> pair.role() == Role.ORIGIN)) {
            return hba.nbd();
        }
        final NbdConfig nbd = hba.nbd() == null ? NbdConfig.byDefault(hba.memory()) : hba.nbd();
        final List<String> exports = new ArrayList<>(nbd.exports());
        exports.addAll(added);
        return nbd.withExports(exports);
    }

    private void check(final NodeConfig node) throws CommandFailedException {
        final List<String> volumes = new ArrayList<>();
        final List<String> pairs = new ArrayList<>();
        final List<ExtentConfig> extents = new ArrayList<>();
        for (final HbaConfig hba : node.hbas()) {
            for (final VolumeConfig volume : hba.volumes()) {
                claim("volume", volume.name(), volumes);
                claim(volume, extents);
            }
            for (final PairConfig pair : hba.pairs()) {
                claim("pair", pair.name(), pairs);
                checkReferences(hba, pair);
            }
        }
    }

    private void claim(final String kind, final String name, final List<String> taken) throws CommandFailedException {
        if (taken.contains(name)) {
            throw contradiction(kind + ' ' + name + " stands in the node's file and was made by command as well; "
                + "give the one in the file another name");
        }
        taken.add(name);
    }

    private void claim(final VolumeConfig volume, final List<ExtentConfig> taken) throws CommandFailedException {
        for (final ExtentConfig extent : volume.extents()) {
            if (taken.stream().anyMatch(extent::overlaps)) {
                throw contradiction("volume " + volume.name() + " has bytes of " + extent.path()
                    + " that belong to another one; take it out of the node's file");
            }
            taken.add(extent);
        }
    }

    private void checkReferences(final HbaConfig hba, final PairConfig pair) throws CommandFailedException {
        if (hba.peers().stream().noneMatch(peer -> peer.name().equals(pair.peer()))) {
            throw contradiction("pair " + pair.name() + " is with peer " + pair.peer() + ", which HBA " + hba.name()
                + " does not have; put the peer back into the node's file");
        }
        if (hba.volumes().stream().noneMatch(volume -> volume.name().equals(pair.volume()))) {
            throw contradiction("pair " + pair.name() + " lies on volume " + pair.volume() + ", which HBA "
                + hba.name() + " does not have; put the volume back into the node's file");
        }
        if (hba.pairs().stream().filter(other -> other.volume().equals(pair.volume())).count() > 1) {
            throw contradiction("volume " + pair.volume() + " belongs to two pairs; take one out of the node's file");
        }
    }

    private void hba(final String what, final String name) throws CommandFailedException {
        if (declared.hbas().stream().noneMatch(hba -> hba.name().equals(name))) {
            throw contradiction(what + " belongs to HBA " + name
                + ", which the node's file does not have; put the HBA back into it");
        }
    }

    private CommandFailedException contradiction(final String text) {
        return new CommandFailedException("the catalogue in " + declared.metadata()
            + " and the node's file contradict each other: " + text);
    }
}
