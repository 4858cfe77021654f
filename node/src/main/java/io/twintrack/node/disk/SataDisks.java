package io.twintrack.node.disk;

import io.twintrack.engine.pair.PairEvents;
import io.twintrack.node.config.DiskHealthConfig;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.DiskWatch;
import io.twintrack.sata.SataBlockDevice;
import io.twintrack.sata.SataOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** The disks of one HBA that are reached by ATA commands. HBA's thread only, but for {@link #views}. */
public final class SataDisks {
    private static final Logger LOG = LoggerFactory.getLogger(SataDisks.class);

    private final String hba;
    private final DiskHealthConfig health;
    private final Runnable wakeUp;
    private final DiskEvents events;
    /** Any thread reads it. */
    private final List<SataBlockDevice> disks = new CopyOnWriteArrayList<>();
    private volatile DiskWatch watch;

    /**
     * @param wakeUp ends the sleep of the HBA. Any thread.
     * @param events hears of disks that a person should look at. Any thread.
     */
    public SataDisks(final HbaConfig config, final Runnable wakeUp, final PairEvents events) {
        this.hba = config.name();
        this.health = config.diskHealth();
        this.events = new DiskEvents(events);
        this.wakeUp = wakeUp;
    }

    /** @throws io.twintrack.sata.SataException when it cannot be used; the message names it and the reason. */
    public SataBlockDevice open(final Path path, final long minSize, final int queueDepth) {
        final SataBlockDevice disk = SataBlockDevice.open(
            path.toString(), SataOptions.DEFAULT.minSize(minSize).queueDepth(queueDepth), wakeUp);
        disks.add(disk);
        watch(disk);
        LOG.info("Claimed {}", disk.describe());
        return disk;
    }

    private void watch(final SataBlockDevice disk) {
        if (watch == null) {
            final DiskHealth.Thresholds thresholds = new DiskHealth.Thresholds(health.temperature(),
                health.reallocatedSectors(), health.pendingSectors(), health.crcErrors());
            watch = DiskWatch.start(thresholds, health.intervalNs(), (device, concerns) ->
                events.onConcerns(device.path(), device.identity(), concerns));
        }
        watch.add(disk);
    }

    /** Before the disks are closed. */
    public void stopWatch() {
        if (watch != null) {
            watch.close();
        }
    }

    /** How each disk is, in the order in which they were opened. Any thread. */
    public List<DiskView> views() {
        final DiskWatch current = watch;
        return current == null ? List.of() : disks.stream()
            .map(disk -> DiskView.of(hba, disk, current.health(disk), current.concerns(disk))).toList();
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

    /** What the disks counted, and what they said of themselves last, two lines each. */
    public List<String> counted() {
        return disks.stream().flatMap(disk -> Stream.of(
            "Counted on " + disk.identity() + ": " + disk.counters(),
            "Health of " + disk.identity() + ": " + said(watch.health(disk)))).toList();
    }

    private static String said(final DiskHealth health) {
        return health == null ? "not asked yet" : health.toString();
    }
}
