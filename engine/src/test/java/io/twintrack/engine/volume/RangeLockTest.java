package io.twintrack.engine.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeLockTest {
    private final RangeLock lock = new RangeLock(64);

    @Test
    void rangesThatTouchDoNotOverlap() {
        assertTrue(lock.acquire(0, 0, 4096));
        assertTrue(lock.acquire(1, 4096, 4096));
        assertTrue(lock.acquire(2, 12288, 1));
        assertEquals(0, lock.waiting());
    }

    @Test
    void aWaiterIsNotOvertakenByALaterOneThatOverlapsIt() {
        assertTrue(lock.acquire(0, 0, 4096));
        assertFalse(lock.acquire(1, 0, 8192));
        assertFalse(lock.acquire(2, 4096, 4096));
        lock.release(0);
        assertEquals(1, lock.next());
        assertEquals(RangeLock.NONE, lock.next());
        lock.release(1);
        assertEquals(2, lock.next());
        assertEquals(RangeLock.NONE, lock.next());
    }

    @Test
    void aWaiterCanBeTakenBack() {
        lock.acquire(0, 0, 10);
        assertFalse(lock.acquire(1, 5, 10));
        assertFalse(lock.acquire(2, 12, 10));
        lock.release(1);
        assertEquals(2, lock.next());
        assertEquals(2, lock.count());
    }

    @Test
    void releasingWhatIsNotHeldIsABug() {
        assertThrows(IllegalStateException.class, () -> lock.release(3));
    }

    @Test
    void neverTwoThatOverlapAtATimeAndAlwaysInOrderOfArrival() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final long[] from = new long[64];
        final long[] to = new long[64];
        final long[] arrival = new long[64];
        final List<Integer> running = new ArrayList<>();
        final List<Integer> waiting = new ArrayList<>();
        final List<Integer> free = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            free.add(i);
        }
        for (int step = 0; step < 20_000; step++) {
            if (!free.isEmpty() && random.nextInt(5) > 1) {
                final int id = free.remove(random.nextInt(free.size()));
                from[id] = random.nextInt(100);
                to[id] = from[id] + 1 + random.nextInt(20);
                arrival[id] = step;
                (lock.acquire(id, from[id], to[id] - from[id]) ? running : waiting).add(id);
            } else if (!running.isEmpty()) {
                final Integer id = running.remove(random.nextInt(running.size()));
                lock.release(id);
                free.add(id);
                for (int next = lock.next(); next != RangeLock.NONE; next = lock.next()) {
                    assertTrue(waiting.remove((Integer) next), "seed " + seed);
                    running.add(next);
                }
            }
            check(running, waiting, from, to, arrival, seed);
        }
    }

    private static void check(
        final List<Integer> running, final List<Integer> waiting, final long[] from, final long[] to,
        final long[] arrival, final long seed) {
        for (final int a : running) {
            for (final int b : running) {
                assertFalse(a != b && from[a] < to[b] && from[b] < to[a], "two run at a time, seed " + seed);
            }
            for (final int w : waiting) {
                assertFalse(arrival[w] < arrival[a] && from[a] < to[w] && from[w] < to[a], "overtaken, seed " + seed);
            }
        }
        for (final int w : waiting) {
            assertTrue(hasReason(w, running, from, to, arrival) || hasReason(w, waiting, from, to, arrival),
                "waits for nothing, seed " + seed);
        }
    }

    private static boolean hasReason(
        final int waiter, final List<Integer> others, final long[] from, final long[] to, final long[] arrival) {
        return others.stream().anyMatch(other -> other != waiter && arrival[other] < arrival[waiter]
            && from[other] < to[waiter] && from[waiter] < to[other]);
    }
}
