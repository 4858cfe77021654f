package io.twintrack.transport.aeron;

import io.twintrack.engine.port.SharedMemory;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OptionsTest {
    private static void assertNames(final IllegalArgumentException ex, final String... options) {
        for (final String option : options) {
            assertTrue(ex.getMessage().contains(option + " is "), ex.getMessage());
        }
        assertEquals(options.length, ex.getMessage().split("; ").length, ex.getMessage());
    }

    @Test
    void allProblemsOfALinkAreReportedAtOnce() {
        assertNames(assertThrows(IllegalArgumentException.class, () -> new LinkOptions()
            .local(InetSocketAddress.createUnresolved("nowhere", 1)).mtu(1000).receiveWindow(5).termLength(100_000)
            .replyTermLength(1).sendBufferLength(1).maxHeldFrames(17).stallTimeoutNs(1).conclude()),
            "local", "peer", "mtu", "receiveWindow", "termLength", "replyTermLength", "sendBufferLength",
            "maxHeldFrames", "stallTimeoutNs");
    }

    @Test
    void allProblemsOfADriverAreReportedAtOnce() {
        assertNames(assertThrows(IllegalArgumentException.class, () -> new DriverOptions()
            .peerTimeoutNs(1).pauseTimeoutNs(1).roundTripNs(1).invocationsPerCycle(0).conclude()),
            "directory", "peerTimeoutNs", "pauseTimeoutNs", "roundTripNs", "invocationsPerCycle");
    }

    @Test
    void loopbackTakesTheLongestDatagrams() {
        assertEquals(LinkOptions.MAX_MTU,
            LinkOptions.recommendedMtu(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
    }

    @Test
    void oneDirectoryServesOneDriver() {
        final Path directory = End.newDirectory();
        try (AeronDriver driver = new AeronDriver(new DriverOptions().directory(directory))) {
            assertThrows(IllegalStateException.class,
                () -> new AeronDriver(new DriverOptions().directory(directory)));
            driver.doWork(System.nanoTime());
        }
        new AeronDriver(new DriverOptions().directory(directory)).close();
    }

    @Test
    void aLinkThatDoesNotFitSaysWhatItNeeds() {
        try (AeronDriver driver = new AeronDriver(new DriverOptions().directory(End.newDirectory()))) {
            final LinkOptions options = new LinkOptions().local(End.freeAddress()).peer(End.freeAddress()).conclude();
            final LinkSockets sockets = new LinkSockets(options.local(), options.peer(), 65536, new LinkCounters(),
                driver.errors());
            final IllegalArgumentException ex = assertThrows(IllegalArgumentException.class,
                () -> driver.register(sockets, Long.MAX_VALUE / 2));
            assertTrue(ex.getMessage().contains("needs") && ex.getMessage().contains("MiB left"), ex.getMessage());
            driver.register(sockets, options.memoryNeeded());
            assertThrows(IllegalArgumentException.class,
                () -> new AeronReplicaLink(driver, options, SharedMemory.IGNORED));
        }
    }

    @Test
    void theMemoryOfALinkIsTheSumOfItsLogs() {
        final LinkOptions options = new LinkOptions().local(End.freeAddress()).peer(End.freeAddress())
            .termLength(16 << 20).replyTermLength(1 << 20).conclude();
        final long mebibytes = options.memoryNeeded() >> 20;
        assertEquals(2 * 3 * 16 + 2 * 3, mebibytes);
    }

    @Test
    void noThreadOfItsOwn() {
        final int before = Thread.getAllStackTraces().size();
        try (Pair pair = Pair.direct(1408, 65536).awaitUp()) {
            assertEquals(before, Thread.getAllStackTraces().size(), () -> Thread.getAllStackTraces().keySet()
                + pair.toString());
        }
    }
}
