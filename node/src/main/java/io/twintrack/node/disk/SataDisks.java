package io.twintrack.node.disk;

import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.DiskWatch;
import io.twintrack.sata.SataBlockDevice;
import io.twintrack.sata.SataOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** The disks of one HBA that are reached by ATA commands. HBA's thread only, but for {@link #health}. */
public final class SataDisks {
    private static final Logger LOG = LoggerFactory.getLogger(SataDisks.class);
    private static final long HEALTH_INTERVAL_NS = TimeUnit.MINUTES.toNanos(10);

    private final Runnable wakeUp;
    private final List<SataBlockDevice> disks = new ArrayList<>();
    private volatile DiskWatch watch;

    /** @param wakeUp ends the sleep of the HBA. Any thread. */
    public SataDisks(final Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** @throws io.twintrack.sata.SataException when it cannot be used; the message names it and the reason. */
    public SataBlockDevice open(final Path path, final long minSize, final int queueDepth) {
        final SataBlockDevice disk = SataBlockDevice.open(
            path.toString(), SataOptions.DEFAULT.minSize(minSize).queueDepth(queueDepth), wakeUp);
        disks.add(disk);
        LOG.info("Claimed {}", disk.describe());
        return disk;
    }

    /** Looks after the disks that were opened, from now on. */
    public void watch() {
        if (!disks.isEmpty()) {
            watch = DiskWatch.start(disks, DiskHealth.Thresholds.DEFAULT, HEALTH_INTERVAL_NS,
                (disk, what) -> LOG.error("Alert: {}: {}", disk.identity(), what));
        }
    }

    /** Before the disks are closed. */
    public void stopWatch() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Of the disks that have told it so far, in the order in which they were opened. Any thread. */
    public List<DiskHealth> health() {
        final DiskWatch current = watch;
        return current == null ? List.of() : current.health();
    }

    /** @return an amount of work. */
    public int poll() {
        int work = 0;
        for (int i = 0; i < disks.size(); i++) {
            work += disks.get(i).poll();
        }
        return work;
    }

    /** Descriptors that become readable when there is something to poll. */
    public void forEachWatch(final IntConsumer consumer) {
        for (int i = 0; i < disks.size(); i++) {
            final SataBlockDevice disk = disks.get(i);
            for (int file = disk.inFlight() == 0 ? 0 : disk.watchCount(); file > 0; file--) {
                consumer.accept(disk.watch(file - 1));
            }
        }
    }

    /** What the disks counted, a line each. */
    public List<String> counted() {
        return disks.stream().map(disk -> "Counted on " + disk.identity() + ": " + disk.counters()).toList();
    }
}
