package io.twintrack.node;

import io.twintrack.engine.device.Extent;
import io.twintrack.engine.device.ExtentDevice;
import io.twintrack.engine.device.SharedDevice;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.ExtentConfig.DiskType;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.config.VolumeConfig.Layout;
import io.twintrack.node.disk.SataDisks;
import io.twintrack.uring.DiskOptions;
import io.twintrack.uring.Ring;
import io.twintrack.uring.UringBlockDevice;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open disks of one HBA, and the devices that its volumes lie on. HBA's thread only. */
final class DiskSet implements AutoCloseable {
    private static final int QUEUE_DEPTH = 1024;

    private final Ring ring;
    private final SataDisks sata;
    private final Map<Path, BlockDevice> disks = new HashMap<>();
    private final Map<Path, SharedDevice> shared = new HashMap<>();
    private final List<ExtentDevice> composed = new ArrayList<>();
    private final Map<VolumeConfig, BlockDevice> devices = new HashMap<>();

    /**
     * @param wakeUp ends the sleep of the HBA. Any thread.
     * @param events hears of disks that a person should look at. Any thread.
     */
    DiskSet(final Ring ring, final HbaConfig config, final Runnable wakeUp, final PairEvents events) {
        this.ring = ring;
        sata = new SataDisks(config, wakeUp, events);
    }

    /**
     * @throws io.twintrack.uring.DiskException  when a disk cannot be opened; the message names it and the reason.
     * @throws io.twintrack.sata.SataException the same of one that is reached by ATA commands.
     */
    void openAll(final List<VolumeConfig> volumes) {
        for (final VolumeConfig volume : volumes) {
            for (final ExtentConfig extent : volume.extents()) {
                disks.computeIfAbsent(extent.path(), path -> open(extent));
            }
        }
    }

    private BlockDevice open(final ExtentConfig extent) {
        return extent.type() == DiskType.SATA
            ? sata.open(extent.path(), extent.offset() + extent.length(), QUEUE_DEPTH)
            : UringBlockDevice.open(ring, extent.path(), DiskOptions.DEFAULT.queueDepth(QUEUE_DEPTH));
    }

    /** The disks that are reached by ATA commands. */
    SataDisks sata() {
        return sata;
    }

    /** What the volume's bytes lie on. A disk that a volume has whole is used as it is. */
    BlockDevice device(final VolumeConfig volume) {
        return devices.computeIfAbsent(volume, this::compose);
    }

    private BlockDevice compose(final VolumeConfig volume) {
        final ExtentConfig first = volume.extents().get(0);
        if (volume.extents().size() == 1 && disks.get(first.path()).size() == volume.size()) {
            return disks.get(first.path());
        }
        final List<Extent> extents = volume.extents().stream().map(this::extent).toList();
        final ExtentDevice device = volume.layout() == Layout.STRIPED
            ? ExtentDevice.striped(extents, (int) volume.stripeLength(), QUEUE_DEPTH)
            : ExtentDevice.linear(extents, QUEUE_DEPTH);
        composed.add(device);
        return device;
    }

    /**
     * The volume's last extent becomes longer or shorter; what lies below it is as long already.
     *
     * @throws RuntimeException when it is striped, or has a SATA disk whole, or what lies below is too short; nothing
     *                          has changed then.
     */
    void resize(final VolumeConfig volume) {
        for (final VolumeConfig old : List.copyOf(devices.keySet())) {
            if (old.name().equals(volume.name())) {
                resize(devices.get(old), volume);
                devices.put(volume, devices.remove(old));
            }
        }
    }

    private void resize(final BlockDevice device, final VolumeConfig volume) {
        final ExtentConfig last = volume.extents().get(volume.extents().size() - 1);
        final BlockDevice below = disks.get(last.path());
        final long end = last.offset() + last.length();
        if (below instanceof UringBlockDevice disk && (device == disk || disk.size() < end)) {
            disk.resize(end);
        }
        if (device instanceof ExtentDevice pieces) {
            pieces.resizeLast(shared.get(last.path()).resized(pieces.last(), last.length()));
        } else if (device.size() != end) {
            throw new IllegalStateException("volume " + volume.name() + " has a SATA disk whole");
        }
    }

    /**
     * Nothing uses the volume any more: files that are its own are closed. What it shares with others stays open until
     * the HBA stops, and is found again when a volume of the same extents comes back.
     */
    void release(final VolumeConfig volume) {
        if (volume.extents().stream().allMatch(extent -> isOwn(extent, volume))) {
            composed.remove(devices.remove(volume));
            for (final ExtentConfig extent : volume.extents()) {
                shared.remove(extent.path());
                final BlockDevice disk = disks.remove(extent.path());
                if (disk != null) {
                    disk.close();
                }
            }
        }
    }

    private boolean isOwn(final ExtentConfig extent, final VolumeConfig volume) {
        return extent.type() == DiskType.URING && devices.keySet().stream()
            .filter(other -> !other.equals(volume)).flatMap(other -> other.extents().stream())
            .noneMatch(other -> other.path().equals(extent.path()));
    }

    /** Goes on with operations that a full queue held up. @return an amount of work. */
    int poll() {
        int work = sata.poll();
        for (int i = 0; i < composed.size(); i++) {
            work += composed.get(i).poll();
        }
        return work;
    }

    @Override
    public void close() {
        sata.stopWatch();
        disks.values().forEach(BlockDevice::close);
    }

    private Extent extent(final ExtentConfig config) {
        return shared.computeIfAbsent(config.path(), path -> new SharedDevice(disks.get(path)))
            .extent(config.offset(), config.length());
    }
}
