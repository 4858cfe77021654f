package io.twintrack.node;

import io.twintrack.engine.hba.PairSetup;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.resync.Pacing;
import io.twintrack.node.catalogue.FolderSteps;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.uring.DiskOptions;
import io.twintrack.uring.NativeMemory;
import io.twintrack.uring.Ring;
import io.twintrack.uring.UringBlockDevice;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Opens the records of an HBA's pairs: one file for each pair in the node's metadata folder, made when it is absent.
 * HBA's thread only; waits for the disk, so it is for the start and for a person's command.
 */
final class PairSides implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PairSides.class);
    private static final int QUEUE_DEPTH = 64;
    private static final int ROOM_TO_GROW = 16;
    private static final long LARGE = 1L << 40;
    /** 1 GiB of bits. */
    private static final long MOST_TRACKS = 1L << 33;
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(60);

    /**
     * What the pairs of a node share.
     *
     * @param folder   of the metadata.
     * @param requests that an HBA can have on their way at a time, those between the sides included.
     * @param activeRegions of a pair, that clients may write to without waiting for a mark.
     */
    record Surroundings(
        String iqn, Path folder, int requests, LongSupplier random, int activeRegions, Fence fence, PairEvents events) {
    }

    /**
     * @param memory mapped until this is closed: the ring knows it by its address alone, and the collector does not.
     */
    private record OpenSide(VolumeConfig volume, Path file, BlockDevice disk, List<NativeMemory> memory) {
        UnsafeBuffer map(final long length) {
            final NativeMemory mapped = NativeMemory.reserve(length);
            memory.add(mapped);
            return new UnsafeBuffer(mapped.address(), (int) length);
        }

        void close() {
            disk.close();
            memory.forEach(NativeMemory::close);
        }
    }

    private final Surroundings around;
    private final Ring ring;
    private final Map<String, OpenSide> opened = new LinkedHashMap<>();

    PairSides(final Surroundings around, final Ring ring) {
        this.around = around;
        this.ring = ring;
    }

    /** @throws IOException that says what is wrong with the record, and what to do. */
    PairSetup open(
        final PairConfig pair, final VolumeConfig volume, final BlockDevice device, final String peerIqn,
        final IoQueue queue) throws IOException {
        final MetadataLayout layout = new MetadataLayout(headRoom(device.size(), pair.track()), pair.track());
        final Path whole = file(pair.name());
        final Path file = Files.exists(whole) ? whole : unfinished(pair.name());
        prepare(file, new MetadataLayout(device.size(), pair.track()).length(), layout.length());
        final BlockDevice disk = UringBlockDevice.open(ring, file, DiskOptions.DEFAULT.queueDepth(QUEUE_DEPTH));
        final OpenSide side = new OpenSide(volume, file, disk, new ArrayList<>());
        opened.put(pair.name(), side);
        try {
            final PairSetup setup = open(pair, volume, device, peerIqn, queue, side, layout);
            finish(file, whole);
            return setup;
        } catch (final IOException | RuntimeException e) {
            opened.remove(pair.name()).close();
            throw e;
        }
    }

    private PairSetup open(
        final PairConfig pair, final VolumeConfig volume, final BlockDevice device, final String peerIqn,
        final IoQueue queue, final OpenSide opening, final MetadataLayout layout) throws IOException {
        final Path file = opening.file;
        final SideStore store = store(opening, layout);
        final String identity = DiskIdentity.of(volume);
        load(store, queue, file, new NewSide(pair.name(), pair.volume(), around.iqn(), peerIqn, volume.size(),
            pair.track(), pair.role() == PairConfig.Role.ORIGIN ? Role.PRIMARY : Role.REDUNDANT, pair.mode(), identity,
            around.random()));
        requireSameVolume(store, pair, volume, file);
        final boolean foreign = !store.superblock().diskIdentity.equals(identity);
        if (foreign) {
            LOG.error("pair {}: its disk is {}, and the record in {} belongs to {}. If the disk was replaced: "
                + "twintrack pair accept-disk {}", pair.name(), identity, file, store.superblock().diskIdentity,
                pair.name());
        }
        return new PairSetup(pair.name(), peerIqn, device, store, HostBoot.id(), identity, foreign,
            new Pacing(pair.resync().floor(), pair.resync().ceiling()),
            around.fence(), around.events(), pair.remoteVolume());
    }

    /** A record that a crash left half made, of a pair that has none yet: nothing in it ever counted. */
    private Path unfinished(final String pair) throws IOException {
        final Path file = around.folder().resolve(pair + ".pair.new");
        Files.deleteIfExists(file);
        return file;
    }

    /** The name is there once the record is: one that is found is never half made. */
    private void finish(final Path file, final Path whole) throws IOException {
        if (!file.equals(whole)) {
            FolderSteps.REAL.rename(file, whole);
            FolderSteps.REAL.forceNames(around.folder());
        }
    }

    /** How large the volume can become while it runs: what is not used of it takes no memory and no disk. */
    private static long headRoom(final long size, final int track) {
        final long most = Math.min(MetadataLayout.MAX_VOLUME_SIZE, MOST_TRACKS * track);
        return Math.max(size, Math.min(most, Math.min(ROOM_TO_GROW * size, Math.max(LARGE, 2 * size))));
    }

    /**
     * What the volume uses now is written; a hole follows. A file that was cut below that is left for the store to
     * refuse.
     */
    private static void prepare(final Path file, final long used, final long length) throws IOException {
        if (!Files.exists(file)) {
            ZeroedFile.create(file, used, written -> { });
        }
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            if (opened.length() >= used && opened.length() < length) {
                opened.setLength(length);
                opened.getFD().sync();
            }
        }
    }

    boolean isOn(final String pair, final String volume) {
        final OpenSide side = opened.get(pair);
        return side != null && side.volume.name().equals(volume);
    }

    /** The pair on this volume, if one runs, lies on it in its new size. */
    void resize(final VolumeConfig volume) {
        opened.replaceAll((pair, side) -> side.volume.name().equals(volume.name())
            ? new OpenSide(volume, side.file, side.disk, side.memory) : side);
    }

    private SideStore store(final OpenSide side, final MetadataLayout layout) {
        final long bits = ChangedTracks.bitsLength(layout.volumeSize(), layout.trackSize());
        return new SideStore(side.disk, layout, side.map(SideStore.IO_LENGTH).addressOffset(), side.map(bits),
            side.map(ChangedTracks.summaryLength(bits)), around.activeRegions(), around.requests(),
            (holder, status) -> { });
    }

    private static void load(final SideStore store, final IoQueue queue, final Path file, final NewSide initial)
        throws IOException {
        final Outcome[] outcome = new Outcome[1];
        final String[] why = new String[1];
        store.load((result, reason) -> {
            outcome[0] = result;
            why[0] = reason;
        });
        await(store, queue, file, () -> outcome[0] != null);
        if (outcome[0] == Outcome.UNREADABLE) {
            throw new IOException("the record " + file + " cannot be read: " + why[0]
                + ". Nothing is guessed: move the "
                + "file away, and the pair starts as a new one, which is compared whole");
        }
        if (why[0] != null) {
            LOG.warn("{}: {}", file, why[0]);
        }
        if (outcome[0] == Outcome.NEW) {
            final boolean[] made = new boolean[1];
            store.change(initial, status -> made[0] = true);
            await(store, queue, file, () -> made[0]);
        }
        if (store.isFailed()) {
            throw new IOException("the record " + file + " cannot be written: " + store.failure());
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(final SideStore store, final IoQueue queue, final Path file, final Condition condition)
        throws IOException {
        final long deadlineNs = System.nanoTime() + LONGEST_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("the disk with " + file + " does not answer");
            }
            store.poll();
            queue.submit();
            queue.poll();
        }
    }

    private static void requireSameVolume(
        final SideStore store, final PairConfig pair, final VolumeConfig volume, final Path file) throws IOException {
        if (!store.superblock().pairName.equals(pair.name())) {
            throw new IOException("the record " + file + " belongs to pair " + store.superblock().pairName);
        }
        if (store.superblock().volumeSize > volume.size()) {
            throw new IOException("volume " + volume.name() + " has " + volume.size() + " bytes, and the record " + file
                + " says that pair " + pair.name() + " has " + store.superblock().volumeSize
                + ": give it back its size, or shrink the pair with: twintrack pair resize " + pair.name());
        }
    }

    /** The pair runs no more; its record stays. @return what it lay on. */
    VolumeConfig release(final String pair) {
        final OpenSide side = opened.remove(pair);
        side.close();
        return side.volume;
    }

    /** Removes the record of a pair that does not run, if there is one. Durable when it returns. */
    void forget(final String pair) throws IOException {
        if (Files.deleteIfExists(file(pair))) {
            FolderSteps.REAL.forceNames(around.folder());
        }
    }

    private Path file(final String pair) {
        return around.folder().resolve(pair + ".pair");
    }

    @Override
    public void close() {
        opened.values().forEach(OpenSide::close);
        opened.clear();
    }
}
