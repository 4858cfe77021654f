package io.twintrack.node.nbd;

import io.twintrack.engine.memory.SlotPool;
import io.twintrack.node.socket.SocketPort;
import io.twintrack.node.socket.SocketPort;
import io.twintrack.uring.IoUring;
import io.twintrack.uring.IoUringOptions;
import io.twintrack.uring.IoUringUnavailable;
import io.twintrack.uring.Ring;
import io.twintrack.uring.SyscallRing;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** An HBA that serves memory volumes: one thread, one duty cycle, a TCP and a Unix listener. */
final class Host implements AutoCloseable {
    /** What carries the bytes. */
    enum Sockets {
        URING, SYSCALLS
    }

    enum Family {
        TCP, UNIX
    }

    static final int SECTOR = 512;
    private static final int IDLE_SPINS = 2_000;
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(20);

    private final ByteBuffer memory;
    private final SlotPool slots;
    private final NbdOptions options;
    private final List<MemoryVolume> volumes;
    private final List<Export> exports;
    private final NbdCounters counters =
        new NbdCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(NbdCounters.LENGTH)));
    private final Path folder;
    private final Path unixPath;
    private final CountDownLatch up = new CountDownLatch(1);
    private final Thread thread;
    private final Sockets kind;
    private volatile boolean stopRequested;
    private volatile boolean drained;
    private volatile Throwable failure;
    private volatile long clockAheadNs;
    private volatile int port;
    private volatile int slotsFree;

    private Host(final Builder builder) {
        kind = builder.kind;
        options = builder.options;
        volumes = builder.volumes;
        exports = new ArrayList<>(builder.exports);
        for (final MemoryVolume volume : volumes) {
            if (exports.stream().noneMatch(export -> export.volume() == volume)) {
                exports.add(new Export(volume, "memory volume " + volume.name()));
            }
        }
        memory = BufferUtil.allocateDirectAligned(builder.slotLength * builder.slotCount, 4096);
        slots = new SlotPool(new UnsafeBuffer(memory).addressOffset(), builder.slotLength, builder.slotCount);
        try {
            folder = Files.createTempDirectory("nbd");
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        unixPath = folder.resolve("s");
        thread = new Thread(this::run, "hba");
    }

    static Builder builder(final Sockets kind) {
        return new Builder(kind);
    }

    MemoryVolume volume() {
        return volumes.get(0);
    }

    MemoryVolume volume(final int index) {
        return volumes.get(index);
    }

    long count(final NbdCounter counter) {
        return counters.get(counter);
    }

    SocketAddress address(final Family family) {
        return family == Family.UNIX ? UnixDomainSocketAddress.of(unixPath)
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    String uri(final Family family, final String export) {
        return family == Family.UNIX ? "nbd+unix:///" + export + "?socket=" + unixPath
            : "nbd://127.0.0.1:" + port + "/" + export;
    }

    Path folder() {
        return folder;
    }

    Path unixPath() {
        return unixPath;
    }

    int slotsFree() {
        return slotsFree;
    }

    int slotCount() {
        return slots.count();
    }

    /** The server sees this much more time passed. */
    void clockAhead(final long ns) {
        clockAheadNs = ns;
    }

    long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
            .getThreadAllocatedBytes(thread.getId());
    }

    void stop() {
        stopRequested = true;
    }

    boolean isDrained() {
        return drained;
    }

    static void await(final String what, final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + DRAIN_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain: " + what);
            }
            LockSupport.parkNanos(50_000);
        }
    }

    /** Every connection is gone and every slot is back. */
    void awaitIdle() {
        await("connections closed", () -> count(NbdCounter.CONNECTIONS_OPEN) == 0 || failure != null);
        await("slots back", () -> slotsFree == slots.count() || failure != null);
        checkAlive();
    }

    void checkAlive() {
        if (failure != null) {
            throw new AssertionError("the HBA's thread died", failure);
        }
    }

    @Override
    public void close() {
        try {
            for (final MemoryVolume volume : volumes) {
                volume.held = false;
            }
            stop();
            thread.join(DRAIN_NS / 1_000_000);
            checkAlive();
            if (thread.isAlive()) {
                throw new AssertionError("the server does not drain");
            }
            if (slotsFree != slots.count()) {
                throw new AssertionError(slots.count() - slotsFree + " slots lost");
            }
            Files.deleteIfExists(unixPath);
            deleteFolder();
        } catch (final InterruptedException | IOException ex) {
            throw new AssertionError(ex);
        }
    }

    private void deleteFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private Host start() {
        thread.setDaemon(true);
        thread.start();
        try {
            if (!up.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the HBA does not start");
            }
        } catch (final InterruptedException ex) {
            throw new AssertionError(ex);
        }
        if (failure instanceof IoUringUnavailable) {
            Assumptions.abort("no io_uring here: " + failure.getMessage());
        }
        checkAlive();
        return this;
    }

    private void run() {
        try (Ring ring = openRing(); SocketPort sockets = new SocketPort(ring)) {
            final NbdServer server = new NbdServer(sockets, slots, exports, options, counters);
            server.addListener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.addListener(UnixDomainSocketAddress.of(unixPath));
            port = server.boundPort();
            up.countDown();
            cycle(ring, server);
        } catch (final Throwable ex) {
            failure = ex;
        } finally {
            up.countDown();
        }
    }

    private void cycle(final Ring ring, final NbdServer server) {
        int idle = 0;
        while (!server.isDrained()) {
            final long nowNs = System.nanoTime() + clockAheadNs;
            int work = ring.poll();
            for (int i = 0; i < volumes.size(); i++) {
                work += volumes.get(i).doWork();
            }
            if (stopRequested) {
                server.stop(nowNs);
            }
            work += server.doWork(nowNs);
            slotsFree = slots.free();
            idle = work == 0 ? idle + 1 : 0;
            end(ring, idle);
        }
        drained = true;
    }

    private void end(final Ring ring, final int idle) {
        ring.submit();
        if (idle > IDLE_SPINS) {
            LockSupport.parkNanos(50_000);
        }
    }

    private Ring openRing() throws IoUringUnavailable {
        return kind == Sockets.URING
            ? IoUring.open(IoUringOptions.DEFAULT)
            : SyscallRing.open(IoUringOptions.DEFAULT, "a test of the stand-in");
    }

    static final class Builder {
        private final Sockets kind;
        private final List<MemoryVolume> volumes = new ArrayList<>();
        private final List<Export> exports = new ArrayList<>();
        private NbdOptions options = NbdOptions.DEFAULT;
        private int slotLength = 64 * 1024;
        private int slotCount = 128;

        private Builder(final Sockets kind) {
            this.kind = kind;
        }

        Builder options(final NbdOptions chosen) {
            options = chosen;
            return this;
        }

        Builder slots(final int length, final int count) {
            slotLength = length;
            slotCount = count;
            return this;
        }

        Builder volume(final String name, final int size) {
            volumes.add(new MemoryVolume(name, size, SECTOR, slotLength));
            return this;
        }

        /** Serves the last volume with these sources instead of the plain one. */
        Builder export(final boolean fastZero, final ExtentSource... sources) {
            final MemoryVolume volume = volumes.get(volumes.size() - 1);
            exports.add(new Export(volume, "memory volume " + volume.name(), fastZero, sources));
            return this;
        }

        Host start() {
            if (volumes.isEmpty()) {
                volume("vol0", 64 * 1024 * 1024);
            }
            return new Host(this).start();
        }
    }
}
