package io.twintrack.engine.host;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import static org.junit.jupiter.api.Assertions.*;

/** One thread as the HBA, which sleeps whenever it may, and two clients with threads of their own. */
class HostRingThreadsTest {
    private static final int CLIENTS = 2;
    private static final int ROUNDS = 5_000;
    private static final int DEPTH = 8;
    private static final int SECTOR = 512;
    private static final long BOUND_NS = TimeUnit.SECONDS.toNanos(30);

    private final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
        .hostClients(CLIENTS).hostOutstanding(DEPTH).hostRingLength(4096).slotLength(4096).slotCount(CLIENTS * DEPTH));
    private final Semaphore wakeups = new Semaphore(0);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    /** Writes and reads back ever new bytes; each client has sectors of its own, one a slot. */
    private final class Client implements Runnable {
        private final HostClient client;
        private final long firstSector;
        private final Random random;
        private final String message;
        private int answers;

        Client(final HostClient client, final int index, final long seed) {
            this.client = client;
            firstSector = (long) index * DEPTH;
            random = new Random(seed);
            message = "client " + index + ", seed " + seed;
        }

        @Override
        public void run() {
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    // Depth 1 most of the time, so that the HBA finds nothing to do and sleeps.
                    final int depth = random.nextInt(4) == 0 ? 1 + random.nextInt(DEPTH) : 1;
                    writeAndReadBack(round, depth);
                }
            } catch (final Throwable t) {
                failure.compareAndSet(null, t);
            }
        }

        private void writeAndReadBack(final int round, final int depth) {
            for (int slot = 0; slot < depth; slot++) {
                fill(slot, round * 31L + slot);
                assertTrue(client.write(0, slot, SECTOR, (firstSector + slot) * SECTOR, false, round), message);
            }
            await(round, depth);
            for (int slot = 0; slot < depth; slot++) {
                fill(slot, -1);
                assertTrue(client.read(0, slot, SECTOR, (firstSector + slot) * SECTOR, round), message);
            }
            await(round, depth);
            for (int slot = 0; slot < depth; slot++) {
                check(slot, round * 31L + slot);
            }
        }

        private void await(final int round, final int count) {
            final long deadline = System.nanoTime() + BOUND_NS;
            answers = 0;
            while (answers < count) {
                client.poll((id, slot, status) -> {
                    assertEquals(round, id, message);
                    assertEquals(Status.OK, status, message);
                    answers++;
                });
                assertTrue(System.nanoTime() < deadline, "no answer, " + message);
                Thread.onSpinWait();
            }
        }

        private void fill(final int slot, final long value) {
            final UnsafeBuffer data = new UnsafeBuffer(client.slotAddress(slot), SECTOR);
            for (int i = 0; i < SECTOR; i += 8) {
                data.putLong(i, value);
            }
        }

        private void check(final int slot, final long value) {
            final UnsafeBuffer data = new UnsafeBuffer(client.slotAddress(slot), SECTOR);
            for (int i = 0; i < SECTOR; i += 8) {
                assertEquals(value, data.getLong(i), message);
            }
        }
    }

    @Test
    @Timeout(60)
    void clientsUseAVolumeOfAnHbaThatSleeps() throws InterruptedException {
        final long allocated = UnsafeApi.allocateMemory(layout.totalLength() + 4096);
        try {
            final HbaMemory memory = new HbaMemory((allocated + 4095) & -4096L, layout.totalLength(), layout);
            final MemoryVolume volume = new MemoryVolume(CLIENTS * DEPTH * SECTOR, 4);
            final Counters counters = new Counters(Counters.allocate(memory.counters()));
            final HostRing ring = new HostRing(memory, List.of(volume), counters, wakeups::release);
            final long seed = System.nanoTime();
            final Thread[] threads = new Thread[CLIENTS];
            for (int i = 0; i < CLIENTS; i++) {
                threads[i] = new Thread(new Client(ring.open(DEPTH), i, seed + i), "client " + i);
            }
            final int[] sleeps = {0};
            final Thread hba = new Thread(() -> sleeps[0] = dutyCycles(ring, volume), "hba");
            hba.start();
            for (final Thread thread : threads) {
                thread.start();
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            stopping = true;
            wakeups.release();
            hba.join();
            assertNull(failure.get(), () -> failure.get().toString());
            assertEquals(0, counters.get(Counter.HOST_DROPPED));
            assertEquals(0, counters.get(Counter.HOST_INVALID));
            assertTrue(sleeps[0] > 0, "the HBA never slept, so no wake-up was tried");
        } finally {
            UnsafeApi.freeMemory(allocated);
        }
    }

    /** @return how often it slept. */
    private int dutyCycles(final HostRing ring, final MemoryVolume volume) {
        int sleeps = 0;
        try {
            while (!stopping) {
                final int work = ring.doWork(0) + volume.complete(2);
                if (work == 0 && ring.maySleep()) {
                    sleeps++;
                    final boolean woken = wakeups.tryAcquire(BOUND_NS / 3, TimeUnit.NANOSECONDS);
                    ring.awake();
                    assertTrue(woken, "a wake-up was lost");
                }
            }
        } catch (final Throwable t) {
            failure.compareAndSet(null, t);
        }
        return sleeps;
    }
}
