package io.twintrack.sata;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
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

    /** Told of each reason to look at a disk once while it lasts. Called on the watch's thread. */
    @FunctionalInterface
    public interface Listener {
        /** @param concerns all that there are when one came, a sentence each; none when the last one ended. */
        void onConcerns(SataBlockDevice device, List<String> concerns);
    }

    private final List<WatchedDisk> disks = new CopyOnWriteArrayList<>();
    private final DiskHealth.Thresholds thresholds;
    private final long healthIntervalNs;
    private final Listener listener;
    private final Function<SataBlockDevice, DiskHealth> question;
    private final Thread thread = new Thread(this::run, "disk-watch");
    private volatile boolean closed;

    /** Not started. @param question asks the disk. @throws SataException from it when it does not answer. */
    DiskWatch(final DiskHealth.Thresholds thresholds, final long healthIntervalNs, final Listener listener,
        final Function<SataBlockDevice, DiskHealth> question) {
        this.thresholds = thresholds;
        this.healthIntervalNs = healthIntervalNs;
        this.listener = listener;
        this.question = question;
    }

    /** @param healthIntervalNs how often disks are asked, in nanoseconds: it costs them a pause in their queue. */
    public static DiskWatch start(
        final DiskHealth.Thresholds thresholds, final long healthIntervalNs, final Listener listener) {
        final DiskWatch watch = new DiskWatch(thresholds, healthIntervalNs, listener, DiskWatch::ofDevice);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** Looks after this disk too, from now on. Any thread. */
    public void add(final SataBlockDevice device) {
        disks.add(new WatchedDisk(device, System.nanoTime()));
    }

    /** What the disk said last, or {@code null} before it was asked. Any thread. */
    public DiskHealth health(final SataBlockDevice device) {
        return disks.stream().filter(disk -> disk.device == device)
            .map(disk -> disk.health).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Why a person should look at the disk now, a sentence for each reason. Any thread. */
    public List<String> concerns(final SataBlockDevice device) {
        return disks.stream().filter(disk -> disk.device == device)
            .map(disk -> disk.concerns.texts()).findFirst().orElse(List.of());
    }

    private void run() {
        while (!closed) {
            lookAtAll();
            LockSupport.parkNanos(this, LOOK_NS);
        }
    }

    /** The watch's thread. */
    void lookAtAll() {
        disks.forEach(this::look);
    }

    private void look(final WatchedDisk disk) {
        final long nowNs = System.nanoTime();
        if (disk.device.isGone()) {
            tell(disk, disk.concerns.gone());
            search(disk.device);
            return;
        }
        final boolean returned = disk.concerns.isGone();
        if (returned) {
            tell(disk, disk.concerns.returned());
        }
        if (returned || nowNs - disk.nextHealthNs >= 0) {
            disk.nextHealthNs = nowNs + healthIntervalNs;
            ask(disk);
        }
    }

    private void ask(final WatchedDisk disk) {
        try {
            disk.health = question.apply(disk.device);
            tell(disk, disk.concerns.said(disk.health, thresholds));
        } catch (final SataException e) {
            LOG.warn("{} does not tell its health: {}", disk.device.identity(), e.getMessage());
        }
    }

    /** @throws SataException when it does not answer. */
    private static DiskHealth ofDevice(final SataBlockDevice device) {
        try (AtaDialogue dialogue = AtaDialogue.open(device.commandPath())) {
            return DiskHealth.read(dialogue);
        }
    }

    private void tell(final WatchedDisk disk, final boolean news) {
        if (news) {
            listener.onConcerns(disk.device, disk.concerns.texts());
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
