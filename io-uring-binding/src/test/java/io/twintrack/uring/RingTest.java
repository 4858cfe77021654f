package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every kind of ring promises, disks and sockets aside. */
class RingTest {
    private static final int O_RDWR = 2;
    private static final long SECOND_NS = 1_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void completionsGoToTheirOwnerWithTheirToken(final RingKind kind) {
        try (Ring ring = kind.open()) {
            final Results first = new Results();
            final Results second = new Results();
            final int a = ring.register(first);
            final int b = ring.register(second);
            assertTrue(ring.nop(a, 0));
            assertTrue(ring.nop(b, (1L << 48) - 1));
            assertEquals(2, ring.inFlight());
            assertEquals(0, second.of(ring, (1L << 48) - 1));
            assertEquals(0, first.of(ring, 0));
            assertTrue(second.byToken.isEmpty());
            assertEquals(0, ring.inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTokenOfMoreThan48BitsIsABug(final RingKind kind) {
        try (Ring ring = kind.open()) {
            final int owner = ring.register(new Results());
            assertThrows(IllegalArgumentException.class, () -> ring.nop(owner, 1L << 48));
            assertThrows(IllegalArgumentException.class, () -> ring.nop(owner, -1));
            assertEquals(0, ring.inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullQueueRefusesAndTellsWhenThereIsRoom(final RingKind kind) {
        try (Ring ring = kind.open(8, 8)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            assertEquals(8, ring.room());
            for (int i = 0; i < 8; i++) {
                assertTrue(ring.nop(owner, i));
            }
            assertFalse(ring.nop(owner, 8));
            assertEquals(1, ring.sqFull());
            ring.callWhenRoom(owner);
            ring.callWhenRoom(owner);
            assertEquals(8, ring.submit());
            RingKind.runUntil(ring, () -> results.byToken.size() == 8);
            ring.poll();
            assertEquals(1, results.rooms, "told once");
            assertFalse(results.has(8));
            assertTrue(ring.nop(owner, 8));
            assertEquals(0, results.of(ring, 8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void queuesWrapManyTimes(final RingKind kind) {
        try (Ring ring = kind.open(4, 4)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            for (long token = 0; token < 1000; token++) {
                assertTrue(ring.nop(owner, token));
                assertEquals(0, results.of(ring, token));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsAndWritesAFile(final RingKind kind, @TempDir final Path dir) throws IOException {
        final Path path = Files.write(dir.resolve("file"), new byte[10_000]);
        final int fd = open(path);
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(8192)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            ring.registerFile(fd);
            memory.fill((byte) 9);
            assertTrue(ring.write(owner, 1, fd, memory.address(), 100, 5000, 0));
            assertEquals(100, results.of(ring, 1));
            assertTrue(ring.fsync(owner, 2, fd, true));
            assertEquals(0, results.of(ring, 2));
            assertTrue(ring.fsync(owner, 3, fd, false));
            assertEquals(0, results.of(ring, 3));
            assertTrue(ring.read(owner, 4, fd, memory.address() + 4096, 4096, 9000, 0));
            assertEquals(1000, results.of(ring, 4), "short at the end of the file");
            assertTrue(ring.fallocate(owner, 5, fd, 3, 5000, 50));
            assertEquals(0, results.of(ring, 5));
            final byte[] bytes = Files.readAllBytes(path);
            assertEquals(0, bytes[4999] | bytes[5049] | bytes[5100]);
            assertEquals(9, bytes[5050]);
            assertEquals(9, bytes[5099]);
            assertTrue(ring.close(owner, 6, fd));
            assertEquals(0, results.of(ring, 6));
            assertTrue(ring.fsync(owner, 7, fd, true));
            final int result = results.of(ring, 7);
            assertTrue(result == -Errno.EBADF || !names(fd, path), "it is still open: " + result);
        }
    }

    /** Another thread of this process may have opened something else under the number. */
    private static boolean names(final int fd, final Path path) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(fd))).equals(path.toRealPath());
        } catch (final IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void gathersAndScatters(final RingKind kind, @TempDir final Path dir) throws IOException {
        final int fd = open(Files.write(dir.resolve("file"), new byte[1000]));
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(4096)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            final long data = memory.address() + 1024;
            for (int i = 0; i < 256; i++) {
                UnsafeApi.putByte(data + i, (byte) i);
            }
            iovec(memory.address(), data + 100, 10);
            iovec(memory.address() + 16, data + 50, 5);
            assertTrue(ring.writev(owner, 1, fd, memory.address(), 2, 7, 2));
            assertEquals(15, results.of(ring, 1));
            iovec(memory.address(), data + 512, 12);
            iovec(memory.address() + 16, data + 600, 3);
            assertTrue(ring.readv(owner, 2, fd, memory.address(), 2, 7, 0));
            assertEquals(15, results.of(ring, 2));
            assertEquals(100, UnsafeApi.getByte(data + 512));
            assertEquals(51, UnsafeApi.getByte(data + 523));
            assertEquals(54, UnsafeApi.getByte(data + 602));
        } finally {
            Libc.close(fd);
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeoutsEndAfterTheirTimeAndNotBefore(final RingKind kind) {
        try (Ring ring = kind.open()) {
            final Results results = new Results();
            final int owner = ring.register(results);
            final long startNs = System.nanoTime();
            assertTrue(ring.timeout(owner, 1, 20_000_000));
            assertTrue(ring.timeout(owner, 2, 60 * SECOND_NS));
            assertEquals(-Errno.ETIME, results.of(ring, 1));
            assertTrue(System.nanoTime() - startNs >= 20_000_000);
            assertFalse(results.has(2));
            assertTrue(ring.cancel(owner, 3, owner, 2));
            assertEquals(-Errno.ECANCELED, results.of(ring, 2));
            assertEquals(0, results.of(ring, 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancelsWhatWaitsAndNothingElse(final RingKind kind) {
        try (Ring ring = kind.open(); EventFd event = EventFd.open()) {
            final Results results = new Results();
            final int owner = ring.register(results);
            final int other = ring.register(new Results());
            assertTrue(ring.pollAdd(owner, 1, event.fd(), Sockets.POLLIN));
            assertTrue(ring.cancel(owner, 2, other, 1));
            assertEquals(-Errno.ENOENT, results.of(ring, 2));
            assertTrue(ring.cancel(owner, 3, owner, 1));
            assertEquals(-Errno.ECANCELED, results.of(ring, 1));
            assertEquals(0, results.of(ring, 3));
            assertEquals(0, ring.inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEventOfAnotherThreadEndsTheSleep(final RingKind kind) throws InterruptedException {
        try (Ring ring = kind.open(); EventFd event = EventFd.open()) {
            final Results results = new Results();
            final int owner = ring.register(results);
            assertTrue(ring.pollAdd(owner, 1, event.fd(), Sockets.POLLIN));
            ring.submit();
            final Thread waker = new Thread(event::signal);
            waker.start();
            final long startNs = System.nanoTime();
            while (!ring.await(10 * SECOND_NS)) {
                assertTrue(System.nanoTime() - startNs < 5 * SECOND_NS, "slept through the event");
            }
            waker.join();
            assertEquals(Sockets.POLLIN, results.of(ring, 1));
            assertEquals(1, event.drain());
            assertEquals(0, event.drain());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepEndsAfterItsTime(final RingKind kind) {
        try (Ring ring = kind.open()) {
            final int owner = ring.register(new Results());
            assertTrue(ring.timeout(owner, 1, 60 * SECOND_NS));
            final long startNs = System.nanoTime();
            boolean ready = false;
            while (System.nanoTime() - startNs < 30_000_000) {
                ready = ring.await(30_000_000);
            }
            assertFalse(ready);
            assertEquals(0, ring.poll());
            assertTrue(System.nanoTime() - startNs < 10 * SECOND_NS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotSleepWhileACompletionOrRoomIsWaiting(final RingKind kind) {
        try (Ring ring = kind.open()) {
            final Results results = new Results();
            final int owner = ring.register(results);
            final long startNs = System.nanoTime();
            assertTrue(ring.nop(owner, 1));
            ring.submit();
            assertTrue(ring.await(60 * SECOND_NS));
            assertEquals(0, results.of(ring, 1));
            ring.callWhenRoom(owner);
            assertTrue(ring.await(60 * SECOND_NS));
            ring.poll();
            assertEquals(1, results.rooms);
            assertTrue(System.nanoTime() - startNs < 30 * SECOND_NS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsWhatIsInFlight(final RingKind kind) {
        try (EventFd event = EventFd.open()) {
            final Ring ring = kind.open();
            final Results results = new Results();
            final int owner = ring.register(results);
            for (int i = 0; i < 10; i++) {
                assertTrue(ring.pollAdd(owner, i, event.fd(), Sockets.POLLIN));
                ring.submit();
            }
            assertTrue(ring.timeout(owner, 10, 60 * SECOND_NS));
            ring.close();
            ring.close();
            assertTrue(results.byToken.isEmpty());
            assertEquals(0, ring.inFlight());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasNotSubmittedBeforeCloseIsNeverDone(final RingKind kind, @TempDir final Path dir) throws IOException {
        final Path path = Files.write(dir.resolve("file"), new byte[4096]);
        final int fd = open(path);
        try (NativeMemory memory = NativeMemory.map(4096); EventFd event = EventFd.open()) {
            memory.fill((byte) 1);
            final Ring ring = kind.open();
            final int owner = ring.register(new Results());
            assertTrue(ring.pollAdd(owner, 1, event.fd(), Sockets.POLLIN));
            ring.submit();
            for (int i = 2; i < 100; i++) {
                assertTrue(ring.write(owner, i, fd, memory.address(), 4096, 0, 0));
            }
            ring.close();
            assertEquals(0, ring.inFlight());
            assertEquals(0, Files.readAllBytes(path)[0]);
        } finally {
            Libc.close(fd);
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterCloseItRefusesAndDoesNotCrash(final RingKind kind, @TempDir final Path dir) throws IOException {
        final Ring ring = kind.open();
        final int owner = ring.register(new Results());
        final UringBlockDevice disk =
            UringBlockDevice.open(ring, Files.write(dir.resolve("disk"), new byte[4096]), DiskOptions.DEFAULT);
        ring.close();
        disk.close();
        ring.unregisterBuffer(4096, 4096);
        assertThrows(IllegalStateException.class, () -> ring.nop(owner, 1));
        assertThrows(IllegalStateException.class, ring::poll);
        assertThrows(IllegalStateException.class, ring::submit);
        assertThrows(IllegalStateException.class, () -> ring.await(1));
        assertEquals(0, ring.inFlight());
    }

    static int open(final Path path) {
        final int fd = (int) Libc.open((path + "\0").getBytes(), O_RDWR, 0);
        assertTrue(fd >= 0, () -> path + ": " + Errno.text(Libc.errno()));
        return fd;
    }

    static void iovec(final long address, final long base, final long length) {
        UnsafeApi.putLong(address, base);
        UnsafeApi.putLong(address + 8, length);
    }
}
