package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container's seccomp filter that hides io_uring, put on one thread of the test alone (seccomp(2)). */
class SeccompTest {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_SECCOMP = 22;
    private static final int MODE_FILTER = 2;

    @ParameterizedTest
    @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS})
    void theStandInTakesOver(final int errno, @TempDir final Path dir) throws Exception {
        final Path path = Files.write(dir.resolve("disk"), new byte[8192]);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread thread = new Thread(() -> filtered(errno, path));
        thread.setUncaughtExceptionHandler((t, ex) -> failure.set(ex));
        thread.start();
        thread.join();
        if (failure.get() != null) {
            Assumptions.assumeFalse(failure.get() instanceof org.opentest4j.TestAbortedException, "no seccomp here");
            throw new AssertionError(failure.get());
        }
    }

    private static void filtered(final int errno, final Path path) {
        Assumptions.assumeTrue(install(errno));
        try {
            IoUring.open(IoUringOptions.DEFAULT).close();
            throw new AssertionError("the filter does not work");
        } catch (final IoUringUnavailable ex) {
            assertEquals(errno, ex.errno());
            assertTrue(ex.getMessage().contains("seccomp"), ex.getMessage());
        }
        try (Ring ring = Ring.open(IoUringOptions.DEFAULT);
            NativeMemory memory = NativeMemory.map(4096);
            UringBlockDevice disk = UringBlockDevice.open(ring, path, DiskOptions.DEFAULT)) {
            assertInstanceOf(SyscallRing.class, ring);
            final Status[] status = new Status[1];
            disk.listener((token, result) -> status[0] = result);
            memory.fill((byte) 1);
            assertTrue(disk.write(0, memory.address(), 4096, 4096, true));
            RingKind.runUntil(ring, () -> status[0] != null);
            assertEquals(Status.OK, status[0]);
        }
    }

    /* sock_filter: code u16, jt u8, jf u8, k u32. Load the call's number; if it is io_uring_setup fail, else allow. */
    private static boolean install(final int errno) {
        try (NativeMemory memory = NativeMemory.map(4096)) {
            final long program = memory.address();
            final long filter = program + 16;
            UnsafeApi.putShort(program, (short) 4);
            UnsafeApi.putLong(program + 8, filter);
            instruction(filter, 0x20, 0, 0, 0);
            instruction(filter + 8, 0x15, 0, 1, Abi.SYS_SETUP);
            instruction(filter + 16, 0x06, 0, 0, 0x0005_0000 | errno);
            instruction(filter + 24, 0x06, 0, 0, 0x7FFF_0000);
            return (int) Posix.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                (int) Posix.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0) == 0;
        }
    }

    private static void instruction(final long address, final int code, final int jt, final int jf, final int k) {
        UnsafeApi.putLong(address, code | jt << 16 | jf << 24 | (long) k << 32);
    }
}
