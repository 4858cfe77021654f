package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.*;

import io.twintrack.engine.Status;
import java.nio.file.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.*;
import org.junit.jupiter.params.provider.*;

class SmokeTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesAndReads(final boolean uring, @TempDir final Path dir) throws Exception {
        final Path path = dir.resolve("a");
        Files.write(path, new byte[1 << 20]);
        try (Ring ring = Ring.open(uring ? IoUringOptions.DEFAULT : IoUringOptions.DEFAULT.refused("test"));
             NativeMemory memory = NativeMemory.map(8192);
             UringBlockDevice disk = UringBlockDevice.open(ring, path, DiskOptions.DEFAULT)) {
            final Status[] got = new Status[1];
            disk.listener((token, status) -> got[0] = status);
            memory.fill((byte) 7);
            assertTrue(disk.write(1, memory.address(), 4096, 4096, true));
            ring.await(1_000_000_000L);
            ring.poll();
            assertEquals(Status.OK, got[0]);
            assertEquals(7, Files.readAllBytes(path)[8191]);
            assertEquals(0, Files.readAllBytes(path)[8192]);
        }
    }
}
