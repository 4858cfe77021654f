package io.twintrack.node.control;

import io.twintrack.engine.pair.PairStatus;
import io.twintrack.node.catalogue.VolumeEntry;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.Units;
import io.twintrack.node.config.VolumeConfig;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** What commands do to the volumes of a node. On the thread that changes the tables, but for {@link #list()}. */
final class Volumes {
    private static final long BLOCK = 4 << 10;

    private record Making(VolumeEntry entry, long doneBytes) {
    }

    private final Inventory inventory;
    private final PairControls pairs;
    private final Executor tables;
    private final Executor files;
    private final Map<String, Making> making = new ConcurrentHashMap<>();

    /** @param tables runs what changes the tables. @param files runs what writes whole files. */
    Volumes(final Inventory inventory, final PairControls pairs, final Executor tables, final Executor files) {
        this.inventory = inventory;
        this.pairs = pairs;
        this.tables = tables;
        this.files = files;
    }

    /** Any thread. */
    List<VolumeView> list() {
        final List<VolumeView> list = new ArrayList<>();
        for (final HbaConfig hba : inventory.all().hbas()) {
            for (final VolumeConfig volume : hba.volumes()) {
                list.add(view(hba, volume));
            }
        }
        making.values().forEach(one -> list.add(
            VolumeView.making(one.entry.volume(), one.entry.hba(), one.doneBytes)));
        return list;
    }

    /** Any thread. */
    VolumeView get(final String name) {
        return list().stream().filter(volume -> volume.name().equals(name)).findFirst()
            .orElseThrow(() -> Refusal.unknown(NodeRule.KNOWN_VOLUME, "there is no volume " + name));
    }

    /** Its files are written on another thread; it is in the tables when the future is complete. */
    CompletableFuture<VolumeView> create(final VolumeRequest request) {
        final VolumeEntry entry = request.entry(inventory.hba(request.hba()).name());
        final String name = entry.volume().name();
        requireFreeName(name);
        requireFreeDisks(entry.volume());
        request.checkDisks();
        if (!entry.ownFiles()) {
            return CompletableFuture.completedFuture(record(entry));
        }
        making.put(name, new Making(entry, 0));
        final ExtentConfig extent = entry.volume().extents().get(0);
        return CompletableFuture
            .runAsync(() -> DiskFile.make(extent.path(), extent.length(),
                done -> making.put(name, new Making(entry, done))), files)
            .thenApplyAsync(made -> recordMade(entry), tables)
            .whenComplete((view, failure) -> making.remove(name));
    }

    /** Makes the last extent longer. */
    VolumeView grow(final String name, final long newSize) {
        final VolumeEntry entry = madeEntry(name);
        final VolumeConfig volume = entry.volume();
        if (newSize <= volume.size()) {
            throw Refusal.rule(NodeRule.VOLUME_GROWS, "volume " + name + " has " + Units.sizeText(volume.size())
                + " already", "VOLUME", name);
        }
        final VolumeConfig grown = resized(volume, newSize);
        final ExtentConfig last = last(grown);
        requireFreeDisks(grown);
        if (entry.ownFiles()) {
            DiskFile.extend(last.path(), last.offset() + last.length());
        } else if (DiskFile.size(last.path()) < last.offset() + last.length()) {
            throw Refusal.rule(NodeRule.VOLUME_GROWS_WITHIN, "the disk " + last.path() + " has no room for it",
                "VOLUME", name);
        }
        tellPair(grown);
        return record(new VolumeEntry(entry.hba(), entry.ownFiles(), grown));
    }

    /** Makes the last extent shorter; what lay there is gone. */
    VolumeView shrink(final String name, final long newSize) {
        final VolumeEntry entry = madeEntry(name);
        final VolumeConfig volume = entry.volume();
        if (newSize >= volume.size()) {
            throw Refusal.rule(NodeRule.VOLUME_SHRINKS, "volume " + name + " has only " + Units.sizeText(volume.size()),
                "VOLUME", name);
        }
        requireUnused(name, newSize);
        final VolumeConfig shrunk = resized(volume, newSize);
        tellPair(shrunk);
        final VolumeView view = record(new VolumeEntry(entry.hba(), entry.ownFiles(), shrunk));
        if (entry.ownFiles()) {
            DiskFile.cut(last(shrunk).path(), last(shrunk).offset() + last(shrunk).length());
        }
        return view;
    }

    /** @param withFiles removes the files that were made with it. @return what was done. */
    String delete(final String name, final boolean withFiles) {
        final VolumeEntry entry = madeEntry(name);
        Inventory.pairOn(inventory.hbaOfVolume(name), name).ifPresent(pair -> {
            throw Refusal.rule(NodeRule.VOLUME_UNPAIRED, "pair " + pair.name() + " lies on volume " + name,
                "NAME", pair.name());
        });
        if (withFiles && !entry.ownFiles()) {
            throw Refusal.rule(NodeRule.VOLUME_OWN_FILES, "the disks of volume " + name + " were not made with it",
                "VOLUME", name);
        }
        inventory.change(inventory.made().withoutVolume(name));
        if (withFiles) {
            entry.volume().extents().forEach(extent -> DiskFile.remove(extent.path()));
        }
        return "volume " + name + " is deleted; "
            + (withFiles ? "its files are removed" : "its disks are as they were");
    }

    private VolumeView recordMade(final VolumeEntry entry) {
        try {
            return record(entry);
        } catch (final Refusal e) {
            DiskFile.remove(entry.volume().extents().get(0).path());
            throw e;
        }
    }

    private VolumeView record(final VolumeEntry entry) {
        inventory.change(inventory.made().with(entry));
        return get(entry.volume().name());
    }

    private VolumeEntry madeEntry(final String name) {
        if (inventory.isVolumeDeclared(name)) {
            throw Refusal.rule(NodeRule.VOLUME_DECLARED, "volume " + name + " stands in the node's file");
        }
        return inventory.made().volume(name)
            .orElseThrow(() -> Refusal.unknown(NodeRule.KNOWN_VOLUME, "there is no volume " + name));
    }

    private void requireFreeName(final String name) {
        if (list().stream().anyMatch(volume -> volume.name().equals(name))) {
            throw Refusal.rule(NodeRule.VOLUME_NAME, "there is a volume " + name + " already");
        }
    }

    /** Any other volume's bytes, and those of one that is being made. */
    private void requireFreeDisks(final VolumeConfig wanted) {
        final List<VolumeConfig> others = new ArrayList<>();
        inventory.all().hbas().forEach(hba -> others.addAll(hba.volumes()));
        making.values().forEach(one -> others.add(one.entry.volume()));
        final Path metadata = DiskFile.real(inventory.all().metadata());
        for (final ExtentConfig extent : wanted.extents()) {
            if (extent.path().startsWith(metadata)) {
                throw Refusal.rule(NodeRule.VOLUME_METADATA, extent.path() + " lies in the node's metadata folder",
                    "VOLUME", wanted.name());
            }
            for (final VolumeConfig other : others) {
                if (!other.name().equals(wanted.name())
                    && other.extents().stream().map(Volumes::real).anyMatch(extent::overlaps)) {
                    throw Refusal.rule(NodeRule.VOLUME_BYTES,
                        "volume " + other.name() + " has bytes of " + extent.path() + " already");
                }
            }
        }
    }

    /** A shrink must not cut what clients of the pair see. */
    private void requireUnused(final String volume, final long newSize) {
        final PairConfig pair = Inventory.pairOn(inventory.hbaOfVolume(volume), volume).orElse(null);
        if (pair == null) {
            return;
        }
        final PairStatus status = pairs.status(pair.name());
        if (status.size() > newSize) {
            throw Refusal.rule(NodeRule.VOLUME_PAIR_SIZE,
                "pair " + pair.name() + " uses " + Units.sizeText(status.size()) + " of volume " + volume,
                "NAME", pair.name(), "SIZE", Units.sizeText(newSize));
        }
    }

    private void tellPair(final VolumeConfig volume) {
        final HbaConfig hba = inventory.hbaOfVolume(volume.name());
        if (Inventory.pairOn(hba, volume.name()).isPresent()) {
            pairs.await(pairs.hba(hba.name()).change((all, listener) -> all.resizeVolume(volume, listener)));
        }
    }

    private VolumeView view(final HbaConfig hba, final VolumeConfig volume) {
        return VolumeView.ready(volume, hba.name(), inventory.isVolumeDeclared(volume.name()),
            Inventory.pairOn(hba, volume.name()).map(PairConfig::name).orElse(null));
    }

    private static VolumeConfig resized(final VolumeConfig volume, final long newSize) {
        final ExtentConfig last = last(volume);
        final long length = last.length() + newSize - volume.size();
        if (volume.extents().size() > 1 && volume.layout() == VolumeConfig.Layout.STRIPED) {
            throw Refusal.rule(NodeRule.VOLUME_STRIPED, "volume " + volume.name() + " is striped");
        }
        if (length <= 0) {
            throw Refusal.rule(NodeRule.VOLUME_LAST_EXTENT,
                "the last extent of volume " + volume.name() + " is shorter than what is to be cut",
                "VOLUME", volume.name(), "SIZE", Units.sizeText(volume.size() - last.length() + BLOCK));
        }
        final List<ExtentConfig> extents = new ArrayList<>(volume.extents());
        extents.set(extents.size() - 1, new ExtentConfig(last.path(), last.type(), last.offset(), length));
        return new VolumeConfig(volume.name(), newSize, volume.layout(), volume.stripeLength(), extents);
    }

    private static ExtentConfig last(final VolumeConfig volume) {
        return volume.extents().get(volume.extents().size() - 1);
    }

    /** The same bytes by the name that no link hides. */
    private static ExtentConfig real(final ExtentConfig extent) {
        return Files.exists(extent.path())
            ? new ExtentConfig(DiskFile.real(extent.path()), extent.type(), extent.offset(), extent.length()) : extent;
    }
}
