package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.machine.Deadline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only an io_uring does. */
class IoUringTest {
    private static final int BEST =
        Abi.SETUP_SINGLE_ISSUER | Abi.SETUP_DEFER_TASKRUN | Abi.SETUP_TASKRUN_FLAG | Abi.SETUP_SUBMIT_ALL;
    private static final int MAP_FIXED_PRIVATE_ANONYMOUS = 0x10 | 0x22;

    @Test
    void takesTheBestFlagsThatItIsNotDenied() {
        try (IoUring best = RingKind.uring(IoUringOptions.DEFAULT);
            IoUring coop = RingKind.uring(IoUringOptions.DEFAULT.flags(false, true));
            IoUring plain = RingKind.uring(IoUringOptions.DEFAULT.flags(false, false))) {
            Assumptions.assumeTrue((best.setupFlags() & Abi.SETUP_DEFER_TASKRUN) != 0, "kernel before 6.1");
            assertEquals(BEST, best.setupFlags() & BEST);
            assertEquals(Abi.SETUP_COOP_TASKRUN, coop.setupFlags() & (Abi.SETUP_COOP_TASKRUN | BEST) & ~BEST);
            assertEquals(0, coop.setupFlags() & (Abi.SETUP_SINGLE_ISSUER | Abi.SETUP_DEFER_TASKRUN));
            assertEquals(0, plain.setupFlags() & (Abi.SETUP_COOP_TASKRUN | BEST));
        }
    }

    @Test
    void aRefusalGivesItsReasonAndTheStandInTakesItsPlace() {
        final IoUringOptions options = IoUringOptions.DEFAULT.refused("for the test");
        assertEquals("for the test", assertThrows(IoUringUnavailable.class, () -> IoUring.open(options)).getMessage());
        try (Ring ring = Ring.open(options)) {
            assertInstanceOf(SyscallRing.class, ring);
        }
    }

    @Test
    void anotherThreadMayNotEnter() throws InterruptedException {
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT)) {
            Assumptions.assumeTrue((ring.setupFlags() & Abi.SETUP_SINGLE_ISSUER) != 0, "kernel before 6.0");
            final int owner = ring.register(new Results());
            assertTrue(ring.nop(owner, 1));
            final CompletableFuture<Void> entered = CompletableFuture.runAsync(ring::submit);
            final ExecutionException ex = assertThrows(ExecutionException.class, entered::get);
            assertInstanceOf(IllegalStateException.class, ex.getCause());
            assertTrue(ex.getMessage().contains("io_uring_enter"), ex.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(value = RingKind.class, mode = EnumSource.Mode.EXCLUDE, names = "SYSCALLS")
    void nothingIsLostWhenTheCompletionQueueOverflows(final RingKind kind) {
        try (Ring ring = kind.open(8, 8)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            for (long token = 0; token < 200; token++) {
                if (!ring.nop(owner, token)) {
                    ring.submit();
                    assertTrue(ring.nop(owner, token), "token " + token);
                }
            }
            assertEquals(200, ring.inFlight());
            /* No sleep: poll and submit alone must notice the overflow. */
            final Deadline deadline = Deadline.in(20);
            while (results.byToken.size() < 200) {
                ring.poll();
                ring.submit();
                assertFalse(deadline.isOver(), "completions were left in the kernel");
            }
            assertEquals(0, ring.inFlight());
            assertTrue(ring.cqOverflows() > 0, "the overflow did not happen");
            assertEquals(0, results.byToken.values().stream().mapToInt(Integer::intValue).sum());
        }
    }

    @ParameterizedTest
    @EnumSource(value = RingKind.class, mode = EnumSource.Mode.EXCLUDE, names = "SYSCALLS")
    void entersAtMostOncePerCycleAndNotAtAllWhenIdle(final RingKind kind, @TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("file"), new byte[1 << 20]));
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(4096)) {
            final int[] state = new int[2];
            final int owner = ring.register((token, result, flags) -> {
                state[0]++;
                if (state[1] < 5000) {
                    state[1]++;
                    assertTrue(ring.write(0, 1, fd, memory.address(), 4096, (state[1] & 255) * 4096, 0));
                }
            });
            for (int i = 0; i < 16; i++) {
                state[1]++;
                assertTrue(ring.write(owner, 1, fd, memory.address(), 4096, i * 4096, 0));
            }
            final Deadline deadline = Deadline.in(20);
            while (ring.inFlight() > 0) {
                final long before = ring.enters();
                ring.poll();
                ring.submit();
                assertTrue(ring.enters() - before <= 1);
                assertFalse(deadline.isOver());
            }
            assertEquals(5000, state[0]);
            ring.submit();
            final long idle = ring.enters();
            for (int i = 0; i < 1000; i++) {
                ring.poll();
                ring.submit();
            }
            assertEquals(idle, ring.enters());
        } finally {
            Libc.close(fd);
        }
    }

    /** The pages behind the address are exchanged: only an operation on the registered ones sees the old bytes. */
    @Test
    void usesTheRegisteredMemory(@TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("file"), new byte[8192]));
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT); NativeMemory memory = NativeMemory.map(8192)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            memory.fill((byte) 5);
            Assumptions.assumeTrue(ring.registerBuffer(memory.address(), 8192), "no fixed buffers here");
            assertTrue(ring.registerFile(fd));
            assertEquals(memory.address(),
                Libc.mmap(memory.address(), 8192, 3, MAP_FIXED_PRIVATE_ANONYMOUS, -1, 0));
            UnsafeApi.setMemory(memory.address(), 8192, (byte) 6);
            assertTrue(ring.write(owner, 1, fd, memory.address() + 4096, 4096, 0, 0));
            assertEquals(4096, results.of(ring, 1));
            assertEquals(5, Files.readAllBytes(dir.resolve("file"))[4095]);

            ring.unregisterBuffer(memory.address(), 8192);
            ring.unregisterFile(fd);
            assertTrue(ring.write(owner, 2, fd, memory.address() + 4096, 4096, 0, 0));
            assertEquals(4096, results.of(ring, 2));
            assertEquals(6, Files.readAllBytes(dir.resolve("file"))[4095]);
        } finally {
            Libc.close(fd);
        }
    }

    /** Another file takes over the descriptor: only an operation on the registered file still reaches the first one. */
    @Test
    void usesTheRegisteredFile(@TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("first"), new byte[1]));
        final int other = RingTest.open(Files.write(dir.resolve("second"), new byte[1]));
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT); NativeMemory memory = NativeMemory.map(4096)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            memory.fill((byte) 5);
            Assumptions.assumeTrue(ring.registerFile(fd), "no fixed files here");
            assertTrue(ring.registerFile(fd), "twice is once");
            assertEquals(fd, (int) Posix.dup2(other, fd));
            assertTrue(ring.write(owner, 1, fd, memory.address(), 100, 0, 0));
            assertEquals(100, results.of(ring, 1));
            assertEquals(100, Files.size(dir.resolve("first")));
            ring.unregisterFile(fd);
            assertTrue(ring.write(owner, 2, fd, memory.address(), 200, 0, 0));
            assertEquals(200, results.of(ring, 2));
            assertEquals(100, Files.size(dir.resolve("first")));
            assertEquals(200, Files.size(dir.resolve("second")));
        } finally {
            Libc.close(fd);
            Libc.close(other);
        }
    }

    @Test
    void filesBeyondTheTableAreUsedUnregistered(@TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("first"), new byte[1]));
        final int other = RingTest.open(Files.write(dir.resolve("second"), new byte[1]));
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT.slots(1, 1))) {
            final Results results = new Results();
            final int owner = ring.register(results);
            Assumptions.assumeTrue(ring.registerFile(fd), "no fixed files here");
            assertFalse(ring.registerFile(other));
            assertFalse(ring.registerFile(-1));
            assertTrue(ring.fsync(owner, 1, fd, true));
            assertTrue(ring.fsync(owner, 2, other, true));
            assertEquals(0, results.of(ring, 1));
            assertEquals(0, results.of(ring, 2));
            assertTrue(ring.close(owner, 3, fd));
            assertEquals(0, results.of(ring, 3));
            assertTrue(ring.registerFile(other), "closing gave the slot back");
        } finally {
            Libc.close(other);
        }
    }

    /** A buffer is at most 1 GiB: more takes two, and what lies in both is used unregistered. */
    @Test
    void memoryOfMoreThanAGibibyte(@TempDir final Path dir) throws IOException {
        final long gib = 1L << 30;
        final long availableKib = Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemAvailable"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
        Assumptions.assumeTrue(availableKib > 4 << 20, "skipped: needs 4 GiB of free memory");
        final Path path = Files.write(dir.resolve("file"), new byte[1]);
        final int fd = RingTest.open(path);
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT);
            NativeMemory memory = NativeMemory.map(gib + 8192)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            Assumptions.assumeTrue(ring.registerBuffer(memory.address(), memory.length()), "no fixed buffers here");
            UnsafeApi.putByte(memory.address() + gib - 1, (byte) 1);
            UnsafeApi.putByte(memory.address() + gib, (byte) 2);
            UnsafeApi.putByte(memory.address() + gib + 8191, (byte) 3);
            assertTrue(ring.write(owner, 1, fd, memory.address() + gib - 4096, 8192, 0, 0));
            assertEquals(8192, results.of(ring, 1));
            assertTrue(ring.write(owner, 2, fd, memory.address() + gib, 8192, 8192, 0));
            assertEquals(8192, results.of(ring, 2));
            final byte[] bytes = Files.readAllBytes(path);
            assertEquals(1, bytes[4095]);
            assertEquals(2, bytes[4096]);
            assertEquals(3, bytes[16383]);
            ring.unregisterBuffer(memory.address(), memory.length());
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void optionsAreChecked() {
        final IoUringOptions options = IoUringOptions.DEFAULT;
        for (final int[] wrong : new int[][] {{0, 8}, {3, 8}, {8, 4}, {65536, 65536}, {8, 12}, {8, 131072}}) {
            assertThrows(IllegalArgumentException.class, () -> options.entries(wrong[0], wrong[1]));
        }
        assertThrows(IllegalArgumentException.class, () -> options.slots(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> options.slots(0, 32769));
    }

    @Test
    void looksUpBuffersByTheirWholeLength(@TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("file"), new byte[1]));
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT.slots(4, 4));
            NativeMemory memory = NativeMemory.map(16 * 4096)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            memory.fill((byte) 5);
            final long base = memory.address();
            Assumptions.assumeTrue(ring.registerBuffer(base + 8 * 4096, 4096), "no fixed buffers here");
            assertTrue(ring.registerBuffer(base + 2 * 4096, 2 * 4096));
            assertTrue(ring.registerBuffer(base + 12 * 4096, 4096));
            assertTrue(ring.registerBuffer(base + 5 * 4096, 4096));
            assertFalse(ring.registerBuffer(base, 4096), "the table is full");
            for (int page = 0; page < 15; page++) {
                assertTrue(ring.write(owner, page, fd, base + page * 4096L, 8192, page * 4096L, 0));
                assertEquals(8192, results.of(ring, page), "from page " + page);
            }
            ring.unregisterBuffer(base, 16 * 4096);
            for (int i = 0; i < 4; i++) {
                assertTrue(ring.registerBuffer(base + i * 4096L, 4096));
            }
            assertEquals(16 * 4096, Files.size(dir.resolve("file")));
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void memoryThatCannotBeRegisteredIsUsedUnregistered(@TempDir final Path dir) throws IOException {
        final Path path = Files.write(dir.resolve("file"), new byte[4096]);
        final int fd = RingTest.open(path);
        try (IoUring ring = RingKind.uring(IoUringOptions.DEFAULT)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            /* A file's mapping on a disk file system: the kernel refuses to pin it for long (EOPNOTSUPP or EFAULT). */
            final long address = Libc.mmap(0, 4096, 3, 1, fd, 0);
            assertTrue(address != -1);
            UnsafeApi.putByte(address, (byte) 3);
            assertFalse(ring.registerBuffer(address, 4096));
            final int out = RingTest.open(Files.write(dir.resolve("out"), new byte[4096]));
            assertTrue(ring.write(owner, 1, out, address, 4096, 0, 0));
            assertEquals(4096, results.of(ring, 1));
            assertEquals(3, Files.readAllBytes(dir.resolve("out"))[0]);
            Libc.munmap(address, 4096);
            Libc.close(out);
        } finally {
            Libc.close(fd);
        }
    }

    @ParameterizedTest
    @EnumSource
    void allocatesNothing(final RingKind kind, @TempDir final Path dir) throws IOException {
        final int fd = RingTest.open(Files.write(dir.resolve("file"), new byte[1 << 20]));
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(4096); EventFd event = EventFd.open()) {
            final long[] done = new long[1];
            final int owner = ring.register((token, result, flags) -> done[0]++);
            // A busy machine compiles late: what an operation costs is counted in every round.
            long least = Long.MAX_VALUE;
            int rounds = 0;
            while (rounds < 20 && least >= 10_000) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                run(ring, owner, fd, event, memory.address(), 10_000);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                rounds++;
            }
            assertEquals(rounds * 10_000 * 6, done[0]);
            assertTrue(least < 10_000, least + " bytes for 60,000 operations");
        } finally {
            Libc.close(fd);
        }
    }

    private static void run(
        final Ring ring, final int owner, final int fd, final EventFd event, final long address, final int rounds) {
        for (int i = 0; i < rounds; i++) {
            event.signal();
            ring.write(owner, 0, fd, address, 4096, (i & 255) * 4096L, 0);
            ring.read(owner, 1, fd, address, 512, (i & 255) * 4096L, 0);
            ring.pollAdd(owner, 2, event.fd(), Sockets.POLLIN);
            ring.timeout(owner, 3, 1000);
            ring.nop(owner, 4);
            ring.cancel(owner, 5, owner, 6);
            while (ring.inFlight() > 0) {
                ring.await(1_000_000);
                ring.poll();
            }
            event.drain();
        }
    }
}
