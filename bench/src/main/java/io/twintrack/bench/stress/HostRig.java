package io.twintrack.bench.stress;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.host.HostClient;
import io.twintrack.engine.host.HostRing;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;

/**
 * A host ring with two clients and a volume, in memory of its own. Making one takes longer than a test does, so the
 * arbiter of a test brings it back to where it began and gives it to the next.
 */
final class HostRig {
    private static final int PAGE = HbaMemoryLayout.PAGE_LENGTH;
    private static final ConcurrentLinkedQueue<HostRig> IDLE = new ConcurrentLinkedQueue<>();

    final AtomicInteger wakeUps = new AtomicInteger();
    final HeldVolume volume = new HeldVolume();
    final HostRing ring;
    final HostClient one;
    final HostClient two;

    private HostRig() {
        final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
            .hostClients(2).hostOutstanding(8).hostRingLength(PAGE).counters(128)
            .slotLength(PAGE).slotCount(4).peerSlotCount(1));
        final long allocated = UnsafeApi.allocateMemory(layout.totalLength() + PAGE);
        final HbaMemory memory = new HbaMemory((allocated + PAGE - 1) & -PAGE, layout.totalLength(), layout);
        ring = new HostRing(
            memory, List.of(volume), new Counters(Counters.allocate(memory.counters())), wakeUps::incrementAndGet);
        one = ring.open(2);
        two = ring.open(2);
    }

    static HostRig take() {
        final HostRig idle = IDLE.poll();
        return idle == null ? new HostRig() : idle;
    }

    /** Takes up what was filed. */
    void takeUpAll() {
        while (ring.doWork(0) > 0) {
            Thread.onSpinWait();
        }
    }

    /** Nothing runs any more: answers all, and lets another test have it. */
    void giveBack() {
        ring.awake();
        takeUpAll();
        volume.completeAll(Status.OK);
        drain(one);
        drain(two);
        wakeUps.set(0);
        volume.forget();
        if (one.outstanding() + two.outstanding() != 0) {
            throw new IllegalStateException("unanswered: " + one.outstanding() + " and " + two.outstanding());
        }
        IDLE.add(this);
    }

    /** A poll ends where the ring begins anew. */
    private static void drain(final HostClient client) {
        while (client.poll((correlationId, slot, status) -> { }) > 0) {
            Thread.onSpinWait();
        }
    }
}
