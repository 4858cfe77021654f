package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets of the ring against Java's own, over loopback and Unix sockets. */
class SocketsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @ParameterizedTest
    @EnumSource
    void tcp(final RingKind kind) throws IOException {
        final int listener = Sockets.listenTcp(new InetSocketAddress(LOOPBACK, 0), 16);
        final int port = Sockets.localPort(listener);
        assertTrue(port > 0);
        conversation(kind, listener, new InetSocketAddress(LOOPBACK, port), true);
    }

    @ParameterizedTest
    @EnumSource
    void unix(final RingKind kind, @TempDir final Path dir) throws IOException {
        final Path path = dir.resolve("socket");
        conversation(kind, Sockets.listenUnix(path, 16), UnixDomainSocketAddress.of(path), false);
    }

    private static void conversation(
        final RingKind kind, final int listener, final SocketAddress address, final boolean tcp) throws IOException {
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(1 << 16)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            assertTrue(ring.accept(owner, 1, listener));
            ring.submit();
            try (SocketChannel peer = SocketChannel.open(address)) {
                final int fd = results.of(ring, 1);
                assertTrue(fd >= 0);
                if (tcp) {
                    Sockets.noDelay(fd);
                }
                Sockets.bufferSizes(fd, 1 << 20, 1 << 20);
                receivesAll(ring, owner, results, fd, peer, memory.address());
                sends(ring, owner, results, fd, peer, memory.address());
                messages(ring, owner, results, fd, peer, memory.address());
                endOfStream(ring, owner, results, fd, peer, memory.address());
            }
        } finally {
            Sockets.close(listener);
        }
    }

    private static void receivesAll(
        final Ring ring, final int owner, final Results results, final int fd, final SocketChannel peer,
        final long address) throws IOException {
        assertTrue(ring.recv(owner, 2, fd, address, 1000, Sockets.MSG_WAITALL));
        ring.submit();
        peer.write(ByteBuffer.wrap(new byte[400]));
        for (int i = 0; i < 3; i++) {
            ring.await(1_000_000);
            ring.poll();
        }
        assertFalse(results.has(2), "400 of 1000 bytes");
        peer.write(ByteBuffer.wrap(new byte[700]));
        assertEquals(1000, results.of(ring, 2));
        assertTrue(ring.recv(owner, 3, fd, address, 1000, 0));
        assertEquals(100, results.of(ring, 3));
    }

    private static void sends(
        final Ring ring, final int owner, final Results results, final int fd, final SocketChannel peer,
        final long address) throws IOException {
        final byte[] bytes = new byte[50_000];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(address + i, bytes[i]);
        }
        assertTrue(ring.send(owner, 4, fd, address, bytes.length, Sockets.MSG_WAITALL));
        assertEquals(bytes.length, results.of(ring, 4));
        assertArrayEquals(bytes, receive(peer, bytes.length));
    }

    private static void messages(
        final Ring ring, final int owner, final Results results, final int fd, final SocketChannel peer,
        final long address) throws IOException {
        final long header = address + 60_000 & -8;
        UnsafeApi.setMemory(header, 56, (byte) 0);
        UnsafeApi.putLong(header + 16, header + 64);
        UnsafeApi.putLong(header + 24, 2);
        RingTest.iovec(header + 64, address, 3);
        RingTest.iovec(header + 80, address + 100, 2);
        final byte[] expected = new byte[5];
        for (int i = 0; i < 5; i++) {
            expected[i] = UnsafeApi.getByte(address + (i < 3 ? i : 97 + i));
        }
        assertTrue(ring.sendmsg(owner, 5, fd, header, 0));
        assertEquals(5, results.of(ring, 5));
        assertArrayEquals(expected, receive(peer, 5));
        assertTrue(ring.recvmsg(owner, 6, fd, header, 0));
        ring.submit();
        peer.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        assertEquals(4, results.of(ring, 6));
        assertEquals(3, UnsafeApi.getByte(address + 2));
        assertEquals(4, UnsafeApi.getByte(address + 100));
    }

    private static void endOfStream(
        final Ring ring, final int owner, final Results results, final int fd, final SocketChannel peer,
        final long address) throws IOException {
        assertTrue(ring.recv(owner, 7, fd, address, 100, Sockets.MSG_WAITALL));
        ring.submit();
        peer.write(ByteBuffer.wrap(new byte[30]));
        peer.shutdownOutput();
        assertEquals(30, results.of(ring, 7));
        assertTrue(ring.recv(owner, 8, fd, address, 100, 0));
        assertEquals(0, results.of(ring, 8));
        Sockets.shutdown(fd);
        assertTrue(ring.send(owner, 9, fd, address, 100, 0));
        assertEquals(-Errno.EPIPE, results.of(ring, 9));
        assertTrue(ring.close(owner, 10, fd));
        assertEquals(0, results.of(ring, 10));
    }

    @ParameterizedTest
    @EnumSource
    void aSendThatDoesNotFitWaitsForThePeer(final RingKind kind) throws IOException {
        final int listener = Sockets.listenTcp(new InetSocketAddress(LOOPBACK, 0), 16);
        final int length = 32 << 20;
        try (Ring ring = kind.open();
            NativeMemory memory = NativeMemory.map(length);
            SocketChannel peer = SocketChannel.open(new InetSocketAddress(LOOPBACK, Sockets.localPort(listener)))) {
            final Results results = new Results();
            final int owner = ring.register(results);
            assertTrue(ring.accept(owner, 1, listener));
            final int fd = results.of(ring, 1);
            assertTrue(ring.send(owner, 2, fd, memory.address(), length, Sockets.MSG_WAITALL));
            ring.submit();
            ring.await(1_000_000);
            ring.poll();
            assertFalse(results.has(2), "the peer reads nothing, 32 MiB fit nowhere");
            peer.configureBlocking(false);
            final ByteBuffer sink = ByteBuffer.allocate(1 << 20);
            final long[] received = new long[1];
            RingKind.runUntil(ring, () -> {
                received[0] += read(peer, sink.clear());
                return results.has(2) && received[0] == length;
            });
            assertEquals(length, results.of(ring, 2));
            Sockets.close(fd);
        } finally {
            Sockets.close(listener);
        }
    }

    private static long read(final SocketChannel peer, final ByteBuffer sink) {
        try {
            return peer.read(sink);
        } catch (final IOException ex) {
            throw new AssertionError(ex);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connects(final RingKind kind, @TempDir final Path dir) {
        final Path path = dir.resolve("socket");
        final int listener = Sockets.listenUnix(path, 16);
        try (Ring ring = kind.open(); NativeMemory memory = NativeMemory.map(4096)) {
            final Results results = new Results();
            final int owner = ring.register(results);
            final int fd = (int) Libc.socket(1, 1, 0);
            final byte[] name = path.toString().getBytes();
            UnsafeApi.putShort(memory.address(), (short) 1);
            for (int i = 0; i < name.length; i++) {
                UnsafeApi.putByte(memory.address() + 2 + i, name[i]);
            }
            assertTrue(ring.connect(owner, 1, fd, memory.address(), 3 + name.length));
            assertEquals(0, results.of(ring, 1));
            assertTrue(ring.accept(owner, 2, listener));
            final int accepted = results.of(ring, 2);
            assertTrue(accepted >= 0);
            Sockets.close(accepted);
            Sockets.close(fd);
        } finally {
            Sockets.close(listener);
        }
    }

    @Test
    void ipv6WhereTheHostHasIt() throws IOException {
        final int listener;
        try {
            listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getByName("::1"), 0), 1);
        } catch (final IllegalStateException ex) {
            org.junit.jupiter.api.Assumptions.abort("skipped: no IPv6 loopback: " + ex.getMessage());
            return;
        }
        try (SocketChannel peer = SocketChannel.open(new InetSocketAddress("::1", Sockets.localPort(listener)))) {
            assertTrue(peer.isConnected());
        } finally {
            Sockets.close(listener);
        }
    }

    @Test
    void whatCannotListenSaysWhy(@TempDir final Path dir) throws IOException {
        final int listener = Sockets.listenTcp(new InetSocketAddress(LOOPBACK, 0), 1);
        final InetSocketAddress taken = new InetSocketAddress(LOOPBACK, Sockets.localPort(listener));
        assertMessage("Address already in use", () -> Sockets.listenTcp(taken, 1));
        Sockets.close(listener);
        final Path path = Files.createFile(dir.resolve("file"));
        assertMessage("Address already in use", () -> Sockets.listenUnix(path, 1));
        assertMessage("at most 107", () -> Sockets.listenUnix(dir.resolve("x".repeat(110)), 1));
        assertMessage("not known", () ->
            Sockets.listenTcp(InetSocketAddress.createUnresolved("nowhere.invalid", 1), 1));
    }

    private static void assertMessage(final String part, final org.junit.jupiter.api.function.Executable call) {
        final String message = assertThrows(IllegalStateException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static byte[] receive(final SocketChannel peer, final int length) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && peer.read(buffer) >= 0) {
            Thread.onSpinWait();
        }
        return buffer.array();
    }
}
