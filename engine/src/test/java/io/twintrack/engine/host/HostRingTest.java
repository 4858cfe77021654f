package io.twintrack.engine.host;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import org.agrona.UnsafeApi;
import org.agrona.collections.MutableInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static io.twintrack.engine.host.HostRecord.*;
import static org.junit.jupiter.api.Assertions.*;

class HostRingTest {
    private static final int LIMIT = 8;

    private final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
        .hostClients(2).hostOutstanding(LIMIT).slotLength(8192).slotCount(8));
    private final long allocated = UnsafeApi.allocateMemory(layout.totalLength() + 4096);
    private final HbaMemory memory = new HbaMemory((allocated + 4095) & -4096L, layout.totalLength(), layout);
    private final MemoryVolume volume = new MemoryVolume(64 * 1024, 4);
    private final MemoryVolume other = new MemoryVolume(64 * 1024, 4);
    private final Counters counters = new Counters(Counters.allocate(memory.counters()));
    private int wakeups;
    private final HostRing ring = new HostRing(memory, List.of(volume, other), counters, () -> wakeups++);
    private final List<String> answers = new ArrayList<>();

    @AfterEach
    void free() {
        UnsafeApi.freeMemory(allocated);
    }

    @Test
    void aSlotIsWrittenAndReadBackWhereItLies() {
        final HostClient client = ring.open(2);
        assertEquals(8192, client.slotLength());
        assertEquals(0, client.slotAddress(1) & 4095);
        new UnsafeBuffer(client.slotAddress(0), 1024).setMemory(0, 1024, (byte) 9);
        assertTrue(client.write(1, 0, 1024, 512, true, 100));
        cycle();
        assertTrue(client.read(1, 1, 512, 1024, 101));
        cycle();
        client.poll(this::answer);
        assertEquals(List.of("100 slot 0 OK", "101 slot 1 OK"), answers);
        assertEquals(List.of("write 1024 at 512 durable", "read 512 at 1024"), other.executed);
        assertEquals(9, new UnsafeBuffer(client.slotAddress(1), 512).getByte(511));
        assertEquals(List.of(), volume.executed);
    }

    @Test
    void allOperationsArriveWithTheirFlags() {
        final HostClient client = ring.open(1);
        client.flush(0, 1);
        client.zero(0, 512, 4096, true, false, 2);
        client.zero(0, 512, 4096, false, true, 3);
        client.write(0, 0, 512, 0, false, 4);
        cycle();
        cycle();
        client.poll(this::answer);
        assertEquals(List.of("flush", "zero 4096 at 512 deallocate", "zero 4096 at 512 durable", "write 512 at 0"),
            volume.executed);
        assertEquals(List.of("1 slot -1 OK", "2 slot -1 OK", "3 slot -1 OK", "4 slot 0 OK"), answers);
    }

    @Test
    void whatTheVolumeRefusesIsAnswered() {
        final HostClient client = ring.open(1);
        client.read(0, 0, 512, 64 * 1024, -7);
        cycle();
        client.poll(this::answer);
        assertEquals(List.of("-7 slot 0 OUT_OF_RANGE"), answers);
    }

    @Test
    void malformedRequestsAreAnsweredAndNeverExecuted() {
        final HostClient client = ring.open(2);
        ring.open(2);
        final List<Runnable> malformed = List.of(
            () -> client.write(2, 0, 512, 0, false, 1),
            () -> client.write(-1, 0, 512, 0, false, 1),
            () -> client.write(0, 2, 512, 0, false, 1),
            () -> client.write(0, -1, 512, 0, false, 1),
            () -> client.read(0, Integer.MAX_VALUE, 512, 0, 1),
            () -> client.write(0, 0, 0, 0, false, 1),
            () -> client.write(0, 0, -512, 0, false, 1),
            () -> client.read(0, 0, MemoryVolume.MAX_TRANSFER + 512, 0, 1),
            () -> client.zero(0, 0, 0, false, false, 1),
            () -> client.zero(0, 0, -512, false, false, 1),
            () -> record(client.id(), 0, WRITE, 0, 1L << 33, 0),
            () -> record(client.id(), 0, FLUSH, 0, 0, 0),
            () -> record(client.id(), 0, ZERO, 0, 512, 0),
            () -> record(client.id(), 0, WRITE, 0, 512, 4),
            () -> record(client.id(), 0, (byte) 9, 0, 512, 0));
        for (final Runnable request : malformed) {
            request.run();
            cycle();
            client.poll(this::answer);
        }
        assertEquals(malformed.size(), answers.size());
        answers.forEach(answer -> assertTrue(answer.endsWith("INVALID"), answer));
        assertEquals(malformed.size(), counters.get(Counter.HOST_INVALID));
        assertEquals(List.of(), volume.executed);
        assertEquals(0, counters.get(Counter.HOST_DROPPED));
    }

    @Test
    void whatNobodyCanBeAnsweredForIsDropped() {
        final HostClient client = ring.open(1);
        record(client.id() + 1, 0, WRITE, 0, 512, 0);
        record(client.id() + 256, 0, WRITE, 0, 512, 0);
        record(-1, 0, WRITE, 0, 512, 0);
        record(255, 0, WRITE, 0, 512, 0);
        final ManyToOneRingBuffer requests = new ManyToOneRingBuffer(memory.hostRing());
        requests.write(REQUEST_TYPE, new UnsafeBuffer(new byte[8]), 0, 8);
        requests.write(COMPLETION_TYPE, new UnsafeBuffer(new byte[56]), 0, 56);
        cycle();
        cycle();
        assertEquals(6, counters.get(Counter.HOST_DROPPED));
        assertEquals(List.of(), volume.executed);
        client.flush(0, 5);
        cycle();
        client.poll(this::answer);
        assertEquals(List.of("5 slot -1 OK"), answers);
    }

    @Test
    void randomRecordsDoNoHarm() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final ManyToOneRingBuffer requests = new ManyToOneRingBuffer(memory.hostRing());
        ring.open(2);
        final byte[] bytes = new byte[REQUEST_LENGTH];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            final UnsafeBuffer record = new UnsafeBuffer(bytes);
            if (random.nextBoolean()) {
                record.putInt(CLIENT_OFFSET, random.nextInt(3));
                record.putInt(VOLUME_OFFSET, random.nextInt(3));
                record.putByte(FLAGS_OFFSET, (byte) random.nextInt(5));
                record.putByte(OPERATION_OFFSET, (byte) random.nextInt(6));
            }
            assertTrue(requests.write(REQUEST_TYPE, record, 0, REQUEST_LENGTH), "seed " + seed);
            cycle();
        }
        assertEquals(List.of(), volume.executed.stream().filter(what -> what.startsWith("write")).toList(),
            "seed " + seed);
        assertTrue(counters.get(Counter.HOST_DROPPED) > 1000, "seed " + seed);
    }

    @Test
    void underBackPressureTheOrderIsKept() {
        final HostClient client = ring.open(1);
        for (int i = 0; i < LIMIT; i++) {
            assertTrue(client.zero(0, i * 512L, 512, false, false, i));
        }
        assertEquals(4, ring.doWork(0), "as many as it takes in a cycle, and as the volume takes");
        assertEquals(0, ring.doWork(0));
        assertEquals(1, counters.get(Counter.HOST_BACK_PRESSURE));
        volume.complete(1);
        assertEquals(1, ring.doWork(0));
        for (int i = 0; i < 4; i++) {
            cycle();
        }
        client.poll(this::answer);
        final List<String> inOrder = new ArrayList<>();
        for (int i = 0; i < LIMIT; i++) {
            inOrder.add(i + " slot -1 OK");
        }
        assertEquals(inOrder, answers);
    }

    @Test
    void noMoreAreUnansweredThanAgreed() {
        final HostClient client = ring.open(1);
        for (int i = 0; i < LIMIT; i++) {
            assertTrue(client.flush(0, i));
        }
        assertFalse(client.flush(0, 99));
        for (int i = 0; i < 4; i++) {
            cycle();
        }
        assertFalse(client.flush(0, 99), "answered, but not polled");
        assertEquals(LIMIT, client.poll(this::answer));
        assertTrue(client.flush(0, 99));
    }

    @Test
    void requestsFiledFromWithinAPollAreAnsweredToo() {
        final HostClient client = ring.open(1);
        client.flush(0, 0);
        final int[] last = {0};
        for (int i = 0; i < 1000; i++) {
            cycle();
            client.poll((id, slot, status) -> {
                last[0] = (int) id;
                assertTrue(client.flush(0, id + 1));
                cycle();
            });
        }
        assertTrue(last[0] >= 999, "last answered: " + last[0]);
        assertEquals(0, counters.get(Counter.HOST_DROPPED));
    }

    @Test
    void aClientThatNeverPollsHurtsOnlyItself() {
        final HostClient rogue = ring.open(1);
        final HostClient good = ring.open(1);
        for (int i = 0; i < 1000; i++) {
            record(rogue.id(), 0, FLUSH, -1, 0, 0);
            cycle();
        }
        assertTrue(counters.get(Counter.HOST_DROPPED) > 0);
        good.flush(0, 3);
        cycle();
        good.poll(this::answer);
        assertEquals(List.of("3 slot -1 OK"), answers);
    }

    @Test
    void slotsAreGrantedAndTakenBack() {
        final HostClient first = ring.open(5);
        assertEquals(3, memory.slots().free());
        assertThrows(IllegalStateException.class, () -> ring.open(4));
        final HostClient second = ring.open(3);
        assertThrows(IllegalStateException.class, () -> ring.open(0), "both clients are open");
        first.write(0, 4, 512, 0, false, 1);
        ring.doWork(0);
        assertFalse(ring.close(first), "a write is under way");
        volume.complete(1);
        assertTrue(ring.close(first));
        assertThrows(IllegalStateException.class, () -> ring.close(first));
        assertEquals(5, memory.slots().free());

        final HostClient third = ring.open(1);
        assertEquals(0, third.poll(this::answer), "its predecessor's answers are not its own");
        first.write(0, 0, 512, 0, false, 2);
        cycle();
        assertEquals(1, counters.get(Counter.HOST_DROPPED), "a closed client is not its successor");
        assertTrue(ring.close(second));
    }

    @Test
    void aSleeperIsWokenOnceAndOnlyAsleep() {
        final HostClient client = ring.open(1);
        client.flush(0, 1);
        assertEquals(0, wakeups);
        assertFalse(ring.maySleep(), "there is a request");
        cycle();
        assertTrue(ring.maySleep());
        client.flush(0, 2);
        client.flush(0, 3);
        assertEquals(1, wakeups);
        ring.awake();
        cycle();
        client.flush(0, 4);
        assertEquals(1, wakeups);
    }

    @Test
    void nothingIsAllocatedPerRequest() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final HostRing answering = new HostRing(memory, List.of(new AnsweringVolume()), counters, Wakeup.NONE);
        final HostClient client = answering.open(1);
        final MutableInteger answered = new MutableInteger();
        final CompletionHandler handler = (id, slot, status) -> answered.increment();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            final long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 2000; i++) {
                client.write(0, 0, 512, 0, false, i);
                client.zero(0, 0, 512, false, false, i);
                client.flush(0, i);
                answering.doWork(0);
                client.poll(handler);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertTrue(answered.get() > 100_000, "answered: " + answered.get());
        assertTrue(least < 2000, "bytes allocated for 6000 requests: " + least);
    }

    private void cycle() {
        ring.doWork(0);
        volume.complete(2);
        other.complete(2);
    }

    private void answer(final long correlationId, final int slot, final Status status) {
        answers.add(correlationId + " slot " + slot + " " + status);
    }

    /** What a client that keeps no rule might file. */
    private void record(
        final int id, final int volumeIndex, final byte operation, final int slot, final long length, final int flags) {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[REQUEST_LENGTH]);
        record.putInt(CLIENT_OFFSET, id);
        record.putInt(VOLUME_OFFSET, volumeIndex);
        record.putByte(OPERATION_OFFSET, operation);
        record.putInt(SLOT_OFFSET, slot);
        record.putLong(LENGTH_OFFSET, length);
        record.putByte(FLAGS_OFFSET, (byte) flags);
        assertTrue(new ManyToOneRingBuffer(memory.hostRing()).write(REQUEST_TYPE, record, 0, REQUEST_LENGTH));
    }
}
