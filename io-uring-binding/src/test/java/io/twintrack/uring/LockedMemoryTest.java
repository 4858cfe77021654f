package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process whose limit of locked memory is smaller than what it wants to register. */
class LockedMemoryTest {
    private static final List<String> LIMITED =
        List.of("prlimit", "--memlock=8388608", "setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock");

    @Test
    void isUsedUnregisteredWithOneWarning(@TempDir final Path dir) throws IOException {
        final String[] probe = new String[LIMITED.size() + 1];
        LIMITED.toArray(probe);
        probe[LIMITED.size()] = "true";
        Assumptions.assumeTrue(Child.succeeds(probe), "skipped: cannot give up the right to lock memory");
        final Path path = Files.write(dir.resolve("disk.img"), new byte[8192]);
        final String output = Child.runUnder(LIMITED, Limited.class, path.toString());
        Assumptions.assumeFalse(output.contains("no io_uring"), "skipped: " + output);
        assertTrue(output.contains("registered small true, large false, again false, write OK"), output);
        assertTrue(output.contains("Cannot allocate memory") && output.contains("ulimit -l"), output);
        assertTrue(output.indexOf("is not registered") == output.lastIndexOf("is not registered"), output);
    }

    static final class Limited {
        public static void main(final String[] arguments) {
            try (NativeMemory small = NativeMemory.map(1 << 20);
                NativeMemory large = NativeMemory.map(48 << 20);
                Disk disk = new Disk(Ring.open(IoUringOptions.DEFAULT), Path.of(arguments[0]), DiskOptions.DEFAULT)) {
                final boolean first = disk.ring.registerBuffer(small.address(), small.length());
                final boolean second = disk.ring.registerBuffer(large.address(), large.length());
                final boolean third = disk.ring.registerBuffer(large.address(), large.length());
                disk.device.write(1000, large.address(), 4096, 4096, false);
                final Status status = disk.await(1000);
                System.out.println(
                    "registered small " + first + ", large " + second + ", again " + third + ", write " + status);
            }
        }
    }
}
