package io.twintrack.node.control;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.catalogue.Catalogue;
import io.twintrack.node.catalogue.Overlay;
import io.twintrack.node.catalogue.Tables;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.config.PairConfig;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What the node has: what its file declares and what was made by command. One thread changes it, any may read it. */
final class Inventory {
    private final NodeConfig declared;
    private final Catalogue catalogue;
    private volatile NodeConfig all;

    Inventory(final NodeConfig declared, final Catalogue catalogue) throws CommandFailedException {
        this.declared = declared;
        this.catalogue = catalogue;
        this.all = Overlay.of(declared, catalogue.tables());
    }

    NodeConfig all() {
        return all;
    }

    Tables made() {
        return catalogue.tables();
    }

    /** Durable when it returns. @throws Refusal when it cannot be written, or would contradict the node's file. */
    void change(final Tables next) {
        try {
            final NodeConfig changed = Overlay.of(declared, next);
            catalogue.change(next);
            all = changed;
        } catch (final CommandFailedException e) {
            throw Refusal.rule(NodeRule.NO_CONTRADICTION, e.getMessage());
        } catch (final IOException e) {
            throw Refusal.unavailable(NodeRule.DURABLE_TABLES,
                "the catalogue cannot be written: " + IoErrors.sentence(e));
        }
    }

    boolean isVolumeDeclared(final String name) {
        return declared.hbas().stream().flatMap(hba -> hba.volumes().stream())
            .anyMatch(volume -> volume.name().equals(name));
    }

    boolean isPairDeclared(final String name) {
        return declared.hbas().stream().flatMap(hba -> hba.pairs().stream())
            .anyMatch(pair -> pair.name().equals(name));
    }

    /** The HBA that has the volume. @throws Refusal when none has. */
    HbaConfig hbaOfVolume(final String name) {
        return find(hba -> hba.volumes().stream().anyMatch(volume -> volume.name().equals(name)))
            .orElseThrow(() -> Refusal.unknown(NodeRule.KNOWN_VOLUME, "there is no volume " + name));
    }

    /** The HBA that has the pair. @throws Refusal when none has. */
    HbaConfig hbaOfPair(final String name) {
        return find(hba -> hba.pairs().stream().anyMatch(pair -> pair.name().equals(name)))
            .orElseThrow(() -> Refusal.unknown(NodeRule.KNOWN_PAIR, "there is no pair " + name));
    }

    /** The HBA of this name; the only one when it is {@code null}. */
    HbaConfig hba(final String name) {
        if (name == null && all.hbas().size() > 1) {
            throw Refusal.malformed(NodeRule.KNOWN_HBA,
                "\"hba\" is missing: this node has " + String.join(", ", hbaNames()));
        }
        return find(hba -> name == null || hba.name().equals(name)).orElseThrow(() -> Refusal.malformed(
            NodeRule.KNOWN_HBA, "there is no HBA " + name + ": this node has " + String.join(", ", hbaNames())));
    }

    /** The pair that lies on a volume of the HBA, if there is one. */
    static Optional<PairConfig> pairOn(final HbaConfig hba, final String volume) {
        return hba.pairs().stream().filter(pair -> pair.volume().equals(volume)).findFirst();
    }

    private Optional<HbaConfig> find(final Predicate<HbaConfig> condition) {
        return all.hbas().stream().filter(condition).findFirst();
    }

    private List<String> hbaNames() {
        return all.hbas().stream().map(HbaConfig::name).toList();
    }
}
