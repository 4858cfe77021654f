package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.sata.lab.Guest;
import io.twintrack.sata.lab.Qmp;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In the guest: disks that fail, and one that stalls. */
@Timeout(180)
class FaultHardware {
    private static final int SECTOR = 512;
    private static final int BAD_READ = 1000 * SECTOR;
    private static final int BAD_WRITE = 2000 * SECTOR;

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    @Test
    void ofManyReadsAtATimeOnlyThoseOfTheBadSectorFail() {
        try (DiskUser disk = new DiskUser(Guest.disk("LAB1"), SataOptions.DEFAULT)) {
            final long[] tokens = new long[32];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = disk.startRead(i * 4096, 4096, BAD_READ / 4096 * 4096 + (i - 16) * 4096L);
            }
            for (int i = 0; i < tokens.length; i++) {
                assertEquals(i == 16 ? Status.IO_ERROR : Status.OK, disk.await(tokens[i]), "read " + i);
            }
            assertTrue(disk.count(SataCounter.RESENT_PLAIN) >= 1, () -> disk.device.counters().toString());
            assertEquals(Status.OK, disk.read(0, SECTOR, BAD_READ + SECTOR));
            assertEquals(Status.IO_ERROR, disk.read(0, SECTOR, BAD_READ));
            System.err.println("[guest] " + disk.device.counters());
        }
    }

    @Test
    void aFailedWriteIsAnErrorAndItsNeighboursAreWritten() {
        try (DiskUser disk = new DiskUser(Guest.disk("LAB1"), SataOptions.DEFAULT)) {
            disk.fill(0, 64 << 10, 0x5A);
            final long[] tokens = new long[16];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = disk.startWrite(0, SECTOR, BAD_WRITE + (i - 8) * SECTOR, i % 2 == 0);
            }
            for (int i = 0; i < tokens.length; i++) {
                assertEquals(i == 8 ? Status.IO_ERROR : Status.OK, disk.await(tokens[i]), "write " + i);
            }
            assertEquals(Status.OK, disk.read(0, 8 * SECTOR, BAD_WRITE - 8 * SECTOR));
            disk.assertFilled(0, 8 * SECTOR, 0x5A);
            disk.fill(0, 8 * SECTOR, 0);
            assertEquals(Status.OK, disk.read(0, 7 * SECTOR, BAD_WRITE + SECTOR));
            disk.assertFilled(0, 7 * SECTOR, 0x5A);
            assertEquals(Status.OK, disk.read(0, SECTOR, BAD_WRITE));
            disk.assertFilled(0, SECTOR, 0);
            assertEquals(Status.OK, disk.flush());
        }
    }

    @Test
    void aFailedFlushIsReportedAndNotTriedAgain() {
        try (DiskUser disk = new DiskUser(Guest.disk("LAB2"), SataOptions.DEFAULT)) {
            assertEquals(Status.OK, disk.write(0, 4096, 0, false));
            assertEquals(Status.IO_ERROR, disk.flush());
            assertEquals(1, disk.count(SataCounter.FLUSHES), () -> disk.device.counters().toString());
            assertEquals(0, disk.count(SataCounter.RESENT));
        }
    }

    @Test
    void aDiskThatHangsEndsInATimeOutAndWorksAfterwards() {
        final Qmp qmp = Qmp.open();
        try (DiskUser disk = new DiskUser(Guest.disk("LAB3"), SataOptions.DEFAULT.timeouts(1000, 5000))) {
            assertEquals(Status.OK, disk.write(0, 4096, 0, false));
            qmp.limitSlowDisk(500);
            final long beganNs = System.nanoTime();
            // The limit lets the first one pass and makes the second one wait for 4 s; QEMU's reset waits for it too.
            final long first = disk.startWrite(0, 2048, 0, false);
            final long second = disk.startWrite(0, 2048, 65536, false);
            disk.await(first);
            final Status status = disk.await(second);
            qmp.limitSlowDisk(0);
            System.err.println("[guest] " + status + " after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs) + " ms, " + disk.device.counters());
            assertEquals(Status.TIMED_OUT, status);
            assertEquals(Status.OK, disk.write(0, 4096, 0, false));
            assertEquals(Status.OK, disk.flush());
        }
    }
}
