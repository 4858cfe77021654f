package io.twintrack.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.bench.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClosedLoopTest {
    private static final long SIZE = 64 << 20;
    private final MemoryVolume volume = new MemoryVolume(SIZE);

    @ParameterizedTest
    @EnumSource(Workload.class)
    void keepsTheDepthInFlightAndStaysInTheVolume(final Workload workload) throws IOException {
        final LoadResult result = run(workload, 50);
        assertEquals(workload.depth(), volume.deepest());
        assertEquals(0, volume.inFlight());
        assertEquals(0, volume.outOfRange());
        assertTrue(result.operations() > 0 && result.operations() <= volume.completed());
        assertEquals(workload.writes() ? volume.completed() : 0, volume.writes());
        assertTrue(result.p50Micros() > 0 && result.p50Micros() <= result.p99Micros());
        assertTrue(result.seconds() >= 0.05);
    }

    @Test
    void writesSequentialBlocksInOrder() throws IOException {
        volume.refuseEvery(3);
        run(Workload.WRITE_1M_D8, 50);
        assertEquals(0, volume.jumps());
    }

    @Test
    void goesOnWhenTheVolumeIsFullForAWhile() throws IOException {
        volume.refuseEvery(2);
        assertTrue(run(Workload.WRITE_4K_D32, 50).operations() > 0);
        assertEquals(0, volume.inFlight());
    }

    @Test
    void tellsOfRequestsThatFailed() {
        volume.failFrom(100);
        final IOException e = assertThrows(IOException.class, () -> run(Workload.WRITE_4K_D32, 50));
        assertTrue(e.getMessage().contains("requests failed"), e.getMessage());
    }

    @Test
    void sameSeedSameBlocks() throws IOException {
        final long first = placesOf(7);
        assertEquals(first, placesOf(7));
        assertTrue(first != placesOf(8));
    }

    @Test
    void refusesOtherWorkThanItsOwn() {
        final ClosedLoop loop = new ClosedLoop(volume, Workload.WRITE_4K_D1, 1);
        final LoadRun other = new LoadRun(Workload.READ_4K_D32, Duration.ofMillis(1), SIZE, 1);
        assertThrows(IllegalArgumentException.class, () -> loop.run(other));
    }

    @Test
    void allocatesNothingPerRequest() throws IOException {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final ClosedLoop loop = new ClosedLoop(volume, Workload.WRITE_4K_D32, 1);
        final LoadRun run = new LoadRun(Workload.WRITE_4K_D32, Duration.ofMillis(200), SIZE, 1);
        loop.run(run);
        final long thread = Thread.currentThread().getId();
        final long before = threads.getThreadAllocatedBytes(thread);
        final LoadResult result = loop.run(run);
        final long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < result.operations(), bytes + " bytes for " + result.operations() + " operations");
    }

    private LoadResult run(final Workload workload, final long millis) throws IOException {
        return new ClosedLoop(volume, workload, 1).run(new LoadRun(workload, Duration.ofMillis(millis), SIZE, 1));
    }

    private static long placesOf(final long seed) throws IOException {
        final MemoryVolume volume = new MemoryVolume(SIZE);
        new ClosedLoop(volume, Workload.READ_4K_D32, 1)
            .run(new LoadRun(Workload.READ_4K_D32, Duration.ofMillis(20), SIZE, seed));
        return volume.placesOfFirst();
    }
}
