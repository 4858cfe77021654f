package io.twintrack.node;

import io.twintrack.engine.device.Extent;
import io.twintrack.engine.device.ExtentDevice;
import io.twintrack.engine.device.SharedDevice;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.config.VolumeConfig.Layout;
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
    private final Map<Path, UringBlockDevice> disks = new HashMap<>();
    private final Map<Path, SharedDevice> shared = new HashMap<>();
    private final List<ExtentDevice> composed = new ArrayList<>();

    DiskSet(final Ring ring) {
        this.ring = ring;
    }

    /** @throws io.twintrack.uring.DiskException when a disk cannot be opened; the message names it and the reason. */
    void openAll(final List<VolumeConfig> volumes) {
        for (final VolumeConfig volume : volumes) {
            for (final ExtentConfig extent : volume.extents()) {
                disks.computeIfAbsent(extent.path(),
                    path -> UringBlockDevice.open(ring, path, DiskOptions.DEFAULT.queueDepth(QUEUE_DEPTH)));
            }
        }
    }

    /** What the volume's bytes lie on. A disk that a volume has whole is used as it is. */
    BlockDevice device(final VolumeConfig volume) {
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

    /** Goes on with operations that a full queue held up. @return an amount of work. */
    int poll() {
        int work = 0;
        for (int i = 0; i < composed.size(); i++) {
            work += composed.get(i).poll();
        }
        return work;
    }

    @Override
    public void close() {
        disks.values().forEach(BlockDevice::close);
    }

    private Extent extent(final ExtentConfig config) {
        return shared.computeIfAbsent(config.path(), path -> new SharedDevice(disks.get(path)))
            .extent(config.offset(), config.length());
    }
}
