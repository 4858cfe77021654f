package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tests' own user of a device. */
class DiskUserTest {
    /** The system gives a hole that fits to the next who asks: a second unmap would take it from under them. */
    @Test
    void closingTwiceLeavesTheMemoryOfOthersAlone() throws IOException {
        final DiskUser user = new DiskUser(new ScriptedDisk(new DiskTraits(
            512, 512, 0, 1L << 30, 4, 64 << 10, true, true, false, true, false, true, -1)).device);
        user.close();
        final long others = Libc.mapPages(DiskUser.MEMORY);
        user.close();
        final boolean mapped = isMapped(others);
        Libc.munmap(others, DiskUser.MEMORY);
        assertTrue(mapped);
    }

    private static boolean isMapped(final long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().map(line -> line.split("[- ]", 3))
            .anyMatch(range -> Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }
}
