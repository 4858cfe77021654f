package io.twintrack.sata;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after disks on a thread of its own: asks for their health, and searches those that went away among all disks of
 * the system by serial number and WWN. What it found can be read by any thread.
 */
public final class DiskWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long JOIN_MS = 15_000;

    /** Told when a disk comes to need a person, once for each reason. Called on the watch's thread. */
    @FunctionalInterface
    public interface Alert {
        void onAlert(SataBlockDevice device, String what);
    }

    private final List<SataBlockDevice> devices;
    private final DiskHealth.Thresholds thresholds;
    private final long healthIntervalNs;
    private final Alert alert;
    private final Map<SataBlockDevice, DiskHealth> health = new ConcurrentHashMap<>();
    private final Map<SataBlockDevice, List<String>> warned = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "disk-watch");
    private volatile boolean closed;

    private DiskWatch(final List<SataBlockDevice> devices, final DiskHealth.Thresholds thresholds,
        final long healthIntervalNs, final Alert alert) {
        this.devices = List.copyOf(devices);
        this.thresholds = thresholds;
        this.healthIntervalNs = healthIntervalNs;
        this.alert = alert;
    }

    /** @param healthIntervalNs how often disks are asked, in nanoseconds: it costs them a pause in their queue. */
    public static DiskWatch start(final List<SataBlockDevice> devices, final DiskHealth.Thresholds thresholds,
        final long healthIntervalNs, final Alert alert) {
        final DiskWatch watch = new DiskWatch(devices, thresholds, healthIntervalNs, alert);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** What the disk said last, or {@code null} before it was asked. Any thread. */
    public DiskHealth health(final SataBlockDevice device) {
        return health.get(device);
    }

    /** What the disks said last that were asked already, in their order. Any thread. */
    public List<DiskHealth> health() {
        return devices.stream().map(health::get).filter(Objects::nonNull).toList();
    }

    private void run() {
        long nextHealthNs = System.nanoTime();
        while (!closed) {
            final long nowNs = System.nanoTime();
            final boolean due = nowNs - nextHealthNs >= 0;
            for (final SataBlockDevice device : devices) {
                look(device, due);
            }
            nextHealthNs = due ? nowNs + healthIntervalNs : nextHealthNs;
            LockSupport.parkNanos(this, LOOK_NS);
        }
    }

    private void look(final SataBlockDevice device, final boolean askHealth) {
        if (device.isGone()) {
            warn(device, List.of("the disk is gone"));
            search(device);
        } else if (askHealth) {
            ask(device);
        }
    }

    private void ask(final SataBlockDevice device) {
        try (AtaDialogue dialogue = AtaDialogue.open(device.commandPath())) {
            final DiskHealth now = DiskHealth.read(dialogue);
            health.put(device, now);
            warn(device, now.warnings(thresholds));
        } catch (final SataException e) {
            LOG.warn("{} does not tell its health: {}", device.identity(), e.getMessage());
        }
    }

    /** A disk without a name of its own is not taken back: it could be another one. */
    private void search(final SataBlockDevice device) {
        if (!device.identity().isUnique()) {
            return;
        }
        for (final SysDisk disk : SysDisk.all()) {
            if (isSame(disk, device)) {
                offer(disk, device);
                return;
            }
        }
    }

    private static boolean isSame(final SysDisk disk, final SataBlockDevice device) {
        try (AtaDialogue dialogue = AtaDialogue.open(disk.commandPath())) {
            return dialogue.identify().identity().isSameDisk(device.identity());
        } catch (final SataException e) {
            // A disk of another kind, or one that is leaving: not the one that is searched.
            LOG.debug("{} is not it: {}", disk.path(), e.getMessage());
            return false;
        }
    }

    private void offer(final SysDisk disk, final SataBlockDevice device) {
        try {
            device.offer(disk.path());
        } catch (final SataException e) {
            LOG.warn("{} is back and cannot be used: {}", device.identity(), e.getMessage());
        }
    }

    private void warn(final SataBlockDevice device, final List<String> warnings) {
        final List<String> before = warned.put(device, warnings);
        for (final String warning : warnings) {
            if (before == null || !before.contains(warning)) {
                alert.onAlert(device, warning);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
