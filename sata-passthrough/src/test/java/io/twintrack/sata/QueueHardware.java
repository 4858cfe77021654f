package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.twintrack.engine.Status;
import io.twintrack.sata.SataOptions.Way;
import io.twintrack.sata.lab.Guest;
import io.twintrack.sata.lab.Qmp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In the guest, on the throttled disk LAB3: how many commands are at the disk at once. */
@Timeout(180)
class QueueHardware {
    private static final int BLOCK = 4096;
    private static final int LIMIT = 64 << 10;
    /** More than any queue holds, so that what ends up there is the queue's choice. */
    private static final int OPERATIONS = 48;

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    /** The system has 32 requests for the disk; of those of /dev/sgN one is left for others. */
    @Test
    void theDiskHasAsManyCommandsAtOnceAsItsQueueHolds() {
        assertAtOnce(32, SataOptions.DEFAULT.way(Way.LANES));
        assertAtOnce(31, SataOptions.DEFAULT.way(Way.ASYNCHRONOUS));
        assertAtOnce(1, SataOptions.DEFAULT.commands(1));
    }

    private static void assertAtOnce(final int commands, final SataOptions options) {
        final String path = Guest.disk("LAB3");
        try (DiskUser disk = new DiskUser(path, options)) {
            final long idle = atDriver(path);
            stall(disk);
            final List<Long> tokens = load(disk);
            Guest.until(() -> atDriver(path) - idle == commands, 1.5, commands + " commands at the driver");
            assertNoneEnded(disk, tokens);
            assertEquals(commands, disk.count(SataCounter.MOST_IN_FLIGHT), options.toString());
            Qmp.open().limitSlowDisk(0);
            for (final long token : tokens) {
                assertEquals(Status.OK, disk.await(token));
            }
            System.err.println("[guest] " + disk.device.counters());
        } finally {
            Qmp.open().limitSlowDisk(0);
        }
    }

    /** After so much in one piece QEMU lets nothing pass for about 2 s. */
    private static void stall(final DiskUser disk) {
        Qmp.open().limitSlowDisk(LIMIT);
        assertEquals(Status.OK, disk.write(0, 2 * LIMIT, 0, false));
    }

    private static List<Long> load(final DiskUser disk) {
        final List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            tokens.add(disk.startWrite(i * BLOCK, BLOCK, i * BLOCK, false));
        }
        return tokens;
    }

    private static void assertNoneEnded(final DiskUser disk, final List<Long> tokens) {
        disk.poll();
        tokens.forEach(token -> assertNull(disk.ended(token), "ended although the disk stalls"));
    }

    /** Commands that the driver was given and did not end yet. */
    private static long atDriver(final String path) {
        final Path folder = Path.of("/sys/block", Path.of(path).getFileName().toString(), "device");
        return Long.decode(Guest.text(folder.resolve("iorequest_cnt")).strip())
            - Long.decode(Guest.text(folder.resolve("iodone_cnt")).strip());
    }

    /**
     * Without an I/O scheduler there is a request for each command of the queue and no more. A write to /dev/sgN would
     * sleep when there is none left; that it did would show in a command that ended meanwhile.
     */
    @Test
    void aCommandOfAnotherDoesNotPutTheHbaToSleep() throws Exception {
        final String path = Guest.disk("LAB3");
        final Path scheduler = Path.of("/sys/block", Path.of(path).getFileName().toString(), "queue/scheduler");
        final String before = Guest.text(scheduler).replaceAll("(?s).*\\[(.*)].*", "$1");
        Files.writeString(scheduler, "none");
        final Thread other = new Thread(() -> identify(path), "other-user");
        try (DiskUser disk = new DiskUser(path, SataOptions.DEFAULT)) {
            stall(disk);
            final List<Long> tokens = new ArrayList<>(List.of(disk.startWrite(0, BLOCK, 0, false)));
            other.start();
            Guest.until(() -> isWaitingForDisk("other-user"), 1, "the other one waits for the queue to be empty");
            tokens.addAll(load(disk));
            assertNoneEnded(disk, tokens);
            Qmp.open().limitSlowDisk(0);
            for (final long token : tokens) {
                assertEquals(Status.OK, disk.await(token));
            }
        } finally {
            Qmp.open().limitSlowDisk(0);
            Files.writeString(scheduler, before);
            other.join(20_000);
        }
    }

    /** As after many errors: libata then refuses queued commands. Writing to queue_depth is the same switch. */
    @Test
    void aDiskWhoseNcqTheSystemTurnsOffGoesOnWithoutIt() throws IOException {
        final String path = Guest.disk("LAB0");
        final Path depth = Path.of("/sys/block", Path.of(path).getFileName().toString(), "device/queue_depth");
        try (DiskUser disk = new DiskUser(path, SataOptions.DEFAULT)) {
            Files.writeString(depth, "1");
            disk.stamp(0, BLOCK, 5);
            assertEquals(Status.OK, disk.write(0, BLOCK, 0, true));
            assertEquals(Status.OK, disk.read(BLOCK, BLOCK, 0));
            disk.assertStamped(BLOCK, BLOCK, 5);
            assertEquals(2, disk.count(SataCounter.RESENT_PLAIN), () -> disk.device.counters().toString());
            assertEquals(1, disk.count(SataCounter.FLUSHES_FOR_DURABLE_WRITES));
        } finally {
            Files.writeString(depth, "32");
        }
    }

    private static void identify(final String path) {
        try (AtaDialogue dialogue = AtaDialogue.open(path)) {
            System.err.println("[guest] the other one: " + dialogue.identify().identity());
        }
    }

    /** State D of proc(5). */
    private static boolean isWaitingForDisk(final String thread) {
        final Path tasks = Path.of("/proc/self/task");
        return SysFiles.names(tasks).stream().map(task -> Guest.text(tasks.resolve(task).resolve("stat")))
            .anyMatch(stat -> stat.contains("(" + thread + ") D "));
    }
}
