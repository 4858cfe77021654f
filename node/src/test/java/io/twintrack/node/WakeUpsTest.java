package io.twintrack.node;

import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.host.HostRing;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.engine.port.SharedMemory;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.disk.SataDisks;
import io.twintrack.transport.aeron.AeronDriver;
import io.twintrack.transport.aeron.AeronReplicaLink;
import io.twintrack.transport.aeron.DriverOptions;
import io.twintrack.transport.aeron.LinkOptions;
import io.twintrack.uring.EventFd;
import io.twintrack.uring.IoUringOptions;
import io.twintrack.uring.Ring;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The ring belongs to the thread that opened it: every step is one of the test's own thread. */
@Timeout(120)
class WakeUpsTest {
    private static final int PAGE = HbaMemoryLayout.PAGE_LENGTH;
    private static final long SHORT_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONG_NS = TimeUnit.MINUTES.toNanos(10);

    @TempDir
    private Path folder;
    private Ring ring;
    private EventFd signal;
    private AeronDriver driver;
    private AeronReplicaLink link;
    private WakeUps wakeUps;
    /** The host ring lies in it. */
    private UnsafeBuffer bytes;

    @BeforeEach
    void open() throws SocketException {
        ring = Ring.open(IoUringOptions.DEFAULT.entries(64, 256));
        signal = EventFd.open();
        driver = new AeronDriver(new DriverOptions().directory(folder.resolve("aeron")));
        link = new AeronReplicaLink(driver, new LinkOptions().local(freeAddress()).peer(freeAddress())
            .mtu(1408).termLength(64 << 10).replyTermLength(64 << 10).receiveWindow(16 << 10), SharedMemory.IGNORED);
        final HbaConfig config = new HbaConfig("hba0", null, 64, null, 1, null, List.of(), List.of(), List.of(), null);
        wakeUps = new WakeUps(
            ring, driver, List.of(link), hostRing(), signal, new SataDisks(config, signal::signal, PairEvents.NONE));
    }

    private static InetSocketAddress freeAddress() throws SocketException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
        }
    }

    private HostRing hostRing() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
            .hostClients(1).hostOutstanding(8).hostRingLength(PAGE).counters(128)
            .slotLength(PAGE).slotCount(4).peerSlotCount(1));
        bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned((int) layout.totalLength(), PAGE));
        final HbaMemory memory = new HbaMemory(bytes.addressOffset(), layout.totalLength(), layout);
        return new HostRing(
            memory, List.of(), new Counters(Counters.allocate(memory.counters())), signal::signal);
    }

    @AfterEach
    void close() {
        link.close();
        driver.close();
        ring.close();
        signal.close();
        bytes = null;
    }

    /** What an HBA does in one cycle with nothing else to do. @return times that it entered the kernel. */
    private long cycle() {
        final long before = ring.enters();
        ring.poll();
        link.doWork(System.nanoTime());
        ring.submit();
        return ring.enters() - before;
    }

    /** The driver has its streams made and has sent what it had to say for now. */
    private void settle() {
        do {
            cycle();
        } while (sockets() == 0 || link.maxSleepNs() == 0);
    }

    private int sockets() {
        final AtomicInteger count = new AtomicInteger();
        driver.forEachSocket(socket -> count.incrementAndGet());
        return count.get();
    }

    @Test
    void aSleepEntersTheKernelOnceAndSoDoesTheCycleAfterIt() {
        assumeTrue(ring.describe().startsWith("io_uring"), ring.describe());
        for (int i = 0; i < 20; i++) {
            settle();
            final long before = ring.enters();
            wakeUps.sleep(SHORT_NS);
            assertEquals(1, ring.enters() - before, "sleep " + i);
            assertTrue(cycle() <= 1, "the cycle after sleep " + i);
        }
    }

    @Test
    void allThatASleepWatchedIsTakenBackByTheNextCycles() {
        settle();
        final int watched = sockets() + 1;
        wakeUps.sleep(SHORT_NS);
        cycle();
        ring.poll();
        assertEquals(0, ring.inFlight());
        assertEquals(2 * watched, wakeUps.takeCompletions(), "each watch and its end complete");
    }

    @Test
    void aSignalEndsASleep() {
        settle();
        signal.signal();
        wakeUps.sleep(LONG_NS);
        cycle();
        assertTrue(wakeUps.takeCompletions() > 0);
    }

    /** A timer is due sooner than anything arrives. */
    @Test
    void nobodySleepsWhileTheDriverHasWork() {
        do {
            link.doWork(System.nanoTime());
        } while (driver.isIdle());
        final long before = ring.enters();
        wakeUps.sleep(LONG_NS);
        assertEquals(before, ring.enters());
    }
}
