package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.twintrack.engine.Status;
import io.twintrack.sata.lab.Guest;
import io.twintrack.sata.lab.Qmp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** In the guest, on disk LAB6: a disk that leaves under load, and returns under another name. */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeavingHardware {
    private static final String SERIAL = "LAB6";

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    @Test
    @Order(1)
    void aDiskThatLeavesAndReturnsIsFoundByItsSerialAndDoubtsItsCache() throws IOException {
        final String name = Guest.disk(SERIAL);
        final Path scsiHost = scsiHost(name);
        final List<String> alerts = new CopyOnWriteArrayList<>();
        try (DiskUser disk = new DiskUser(name, SataOptions.DEFAULT);
             DiskWatch watch = DiskWatch.start(DiskHealth.Thresholds.DEFAULT,
                 TimeUnit.HOURS.toNanos(1), (device, concerns) -> alerts.addAll(concerns))) {
            watch.add(disk.device);
            disk.stamp(0, 4096, 77);
            assertEquals(Status.OK, disk.write(0, 4096, 8192, false));
            Guest.until(() -> watch.health(disk.device) != null, 20, "its health");
            final List<Long> tokens = load(disk);
            delete(name);
            assertEquals(0, endAll(disk, tokens).failed);
            Guest.until(() -> disk.poll() >= 0 && disk.read(0, 4096, 0) == Status.DEVICE_GONE, 20, "gone");
            assertTrue(disk.device.isGone());
            final String other = Guest.disk("LAB5");
            final Path otherHost = scsiHost(other);
            delete(other);
            Guest.until(() -> Guest.find("LAB5") == null, 10, "the other disk is away");
            // The first to return gets the lower of the two free names.
            final boolean lower = name.compareTo(other) < 0;
            scan(lower ? otherHost : scsiHost, lower ? "LAB5" : SERIAL);
            scan(lower ? scsiHost : otherHost, lower ? SERIAL : "LAB5");
            Guest.until(() -> disk.poll() >= 0 && !disk.device.isGone(), 20, "back");
            assertEquals(other, Guest.disk(SERIAL), "the disks changed names");
            assertEquals(Status.OK, disk.read(4096, 4096, 8192));
            disk.assertStamped(4096, 4096, 77);
            assertEquals(Status.IO_ERROR, disk.flush(), "a flush vouched for writes from before");
            assertEquals(Status.OK, disk.write(0, 4096, 0, false));
            assertEquals(Status.OK, disk.flush());
            assertEquals(1, disk.count(SataCounter.RETURNS));
            assertTrue(alerts.contains("the disk is gone"), alerts::toString);
        }
    }

    private static void scan(final Path host, final String serial) throws IOException {
        Files.writeString(host.resolve("scan"), "- - -");
        Guest.until(() -> Guest.find(serial) != null, 20, serial + " is back");
    }

    private static void delete(final String disk) throws IOException {
        Files.writeString(Path.of("/sys/block", Path.of(disk).getFileName().toString(), "device/delete"), "1");
    }

    private static Path scsiHost(final String disk) throws IOException {
        Path at = Path.of("/sys/block", Path.of(disk).getFileName().toString(), "device").toRealPath();
        while (!at.getFileName().toString().matches("host[0-9]+")) {
            at = at.getParent();
        }
        return Path.of("/sys/class/scsi_host", at.getFileName().toString());
    }

    /** The whole controller goes, as with a cable or a slot, and its disk returns on a host of another number. */
    @Test
    @Order(2)
    void aControllerThatIsUnpluggedUnderLoadAndReturnsServesAgain() throws Exception {
        final Path controller = pciDevice(Guest.disk(SERIAL));
        final Thread removal = new Thread(() -> write(controller.resolve("remove")), "unplug");
        try (DiskUser disk = new DiskUser(Guest.disk(SERIAL), SataOptions.DEFAULT);
             DiskWatch watch = DiskWatch.start(DiskHealth.Thresholds.DEFAULT,
                 TimeUnit.HOURS.toNanos(1), (device, concerns) -> { })) {
            watch.add(disk.device);
            disk.stamp(1 << 20, 4096, 88);
            assertEquals(Status.OK, disk.write(1 << 20, 4096, 0, false));
            assertEquals(Status.OK, disk.flush());
            loadUntilGone(disk, removal);
            Guest.until(() -> Guest.find(SERIAL) == null, 20, "no block device any more");
            write(Path.of("/sys/bus/pci/rescan"));
            Guest.until(() -> disk.poll() >= 0 && !disk.device.isGone(), 30, "back");
            assertEquals(1, disk.count(SataCounter.RETURNS));
            assertEquals(Status.IO_ERROR, disk.flush(), "a flush vouched for writes from before");
            assertEquals(Status.OK, disk.read(2 << 20, 4096, 0));
            disk.assertStamped(2 << 20, 4096, 88);
            final long moreThanItQueues = disk.count(SataCounter.QUEUED_COMMANDS) + 64;
            assertEquals(64, endAll(disk, load(disk)).ok);
            assertTrue(disk.count(SataCounter.QUEUED_COMMANDS) >= moreThanItQueues);
            assertEquals(Status.OK, disk.flush());
        }
    }

    private static Path pciDevice(final String disk) throws IOException {
        Path at = Path.of("/sys/block", Path.of(disk).getFileName().toString(), "device").toRealPath();
        while (!at.getFileName().toString().matches("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]")) {
            at = at.getParent();
        }
        return at;
    }

    private static void write(final Path file) {
        try {
            Files.writeString(file, "1");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** QEMU can take the disk's bus away, and has no way to give it a disk again: ide-hd cannot be plugged in later. */
    @Test
    @Order(3)
    void aControllerThatIsUnpluggedUnderLoadLeavesNothingHanging() throws InterruptedException {
        final Thread removal =
            new Thread(() -> Qmp.open().execute("device_del", "{\"id\": \"unplug\"}"), "unplug");
        try (DiskUser disk = new DiskUser(Guest.disk(SERIAL), SataOptions.DEFAULT)) {
            loadUntilGone(disk, removal);
            assertEquals(Status.DEVICE_GONE, disk.read(0, 4096, 0));
            assertEquals(Status.DEVICE_GONE, disk.write(0, 4096, 0, true));
            assertEquals(Status.DEVICE_GONE, disk.flush());
        }
    }

    /**
     * There is load before, while and after the disk goes: every write ends, the last ones because it is gone. While
     * the driver takes its port down it ends commands without a reason: one that met that three times has failed.
     */
    private static void loadUntilGone(final DiskUser disk, final Thread removal) throws InterruptedException {
        final Ends ends = endAll(disk, load(disk));
        assertEquals(64, ends.ok);
        removal.start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (ends.gone == 0) {
            ends.add(endAll(disk, load(disk)));
            assertTrue(System.nanoTime() - deadlineNs < 0, () -> "not gone: " + disk.device.counters());
        }
        removal.join(20_000);
        assertTrue(disk.device.isGone());
        assertTrue(disk.count(SataCounter.DEVICE_GONE) > 0);
        assertTrue(3L * ends.failed <= disk.count(SataCounter.LINK_RESET), () -> disk.device.counters().toString());
        System.err.println("[guest] " + ends.ok + " writes ended well, " + ends.gone + " as gone, " + ends.failed
            + " as failed, "
            + disk.device.counters());
    }

    /** How writes ended. */
    private static final class Ends {
        int ok;
        int gone;
        int failed;

        void add(final Ends other) {
            ok += other.ok;
            gone += other.gone;
            failed += other.failed;
        }
    }

    /** 64 writes, twice what the disk queues. */
    private static List<Long> load(final DiskUser disk) {
        final List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            tokens.add(disk.startWrite(i * 4096, 4096, (1L << 20) + i * 4096L, false));
        }
        return tokens;
    }

    private static Ends endAll(final DiskUser disk, final List<Long> tokens) {
        final Ends ends = new Ends();
        for (final long token : tokens) {
            final Status status = disk.await(token);
            switch (status) {
                case OK -> ends.ok++;
                case DEVICE_GONE -> ends.gone++;
                case IO_ERROR -> ends.failed++;
                default -> fail(status.name());
            }
        }
        return ends;
    }
}
