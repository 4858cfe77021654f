package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On the host, before the guest boots: what can be done without a disk, so that its classes are in the archive. */
@Timeout(120)
class SataRehearsal {
    @TempDir
    Path folder;

    @Test
    void whatIsNoDiskIsRefused() {
        assertThrows(SataException.class,
            () -> SataBlockDevice.open("/dev/null", SataOptions.DEFAULT, () -> { }));
    }

    @Test
    void memoryIsMapped() {
        Libc.munmap(Libc.mapPages(DiskUser.MEMORY), DiskUser.MEMORY);
    }

    @Test
    void noDiskIsListed() {
        assertEquals(0, SysDisk.all(new SysFiles(folder, folder)).size());
    }

    @Test
    void aWatchStartsAndEnds() {
        DiskWatch.start(DiskHealth.Thresholds.DEFAULT, TimeUnit.HOURS.toNanos(1), (device, concerns) -> { }).close();
    }
}
