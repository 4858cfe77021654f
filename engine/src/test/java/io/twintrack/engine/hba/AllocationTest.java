package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.MemoryBlockDevice;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.resync.Pacing;
import io.twintrack.engine.rig.Records;
import io.twintrack.engine.rig.LoopbackLink;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.volume.RequestListener;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests cost both sides no object, once everything that they use was made and compiled. */
class AllocationTest {
    private static final String ORIGIN = "iqn.2026-11.io.twintrack.test:origin";
    private static final String TARGET = "iqn.2026-11.io.twintrack.test:target";
    private static final int SIZE = 4 << 20;
    private static final int SLOT = 256 * 1024;
    private static final int DEPTH = 16;
    private static final int OPERATIONS = 2_000;

    private final List<ByteBuffer> memory = new ArrayList<>();
    private final Random random = new Random(7);
    private final SlotPool slots = new SlotPool(allocate(DEPTH * SLOT), SLOT, DEPTH);
    private final RequestListener listener = this::onComplete;
    private Hba origin;
    private Hba target;
    private PrimaryVolume volume;
    private long nowNs = 1;
    private int completed;
    private int failed;

    static Stream<Wire> wires() {
        return Stream.of(Wire.LARGE_FRAMES, Wire.SMALL_FRAMES);
    }

    @ParameterizedTest
    @MethodSource("wires")
    void requestsAllocateNothing(final Wire wire) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        makePair(wire);
        for (int i = 0; i < 6; i++) {
            run();
        }
        // What the JVM does behind our back may be counted once; what a request costs is counted in every round.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > 0; i++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, failed);
        assertTrue(origin.counters().get(Counter.RANGE_WAITS) > 0, "no request ever waited for another");
        assertEquals(0, least, "bytes for " + OPERATIONS + " operations");
    }

    private void makePair(final Wire wire) {
        final LoopbackLink[] ends = LoopbackLink.pair(wire);
        final MemoryBlockDevice originDisk = new MemoryBlockDevice(SIZE, 512, 512, 64);
        final MemoryBlockDevice targetDisk = new MemoryBlockDevice(SIZE, 512, 512, 64);
        origin = node(ORIGIN, TARGET, originDisk, ends[0], Role.PRIMARY);
        target = node(TARGET, ORIGIN, targetDisk, ends[1], Role.REDUNDANT);
        volume = origin.volumes().get(0);
        ends[0].connect(true);
        for (int i = 0; i < 100_000 && origin.pairs().get(0).state() != PairState.UP_TO_DATE; i++) {
            cycle();
        }
        assertEquals(PairState.UP_TO_DATE, origin.pairs().get(0).state());
    }

    private Hba node(
        final String iqn, final String peer, final MemoryBlockDevice disk, final LoopbackLink link, final Role role) {
        final MemoryBlockDevice metadata =
            new MemoryBlockDevice(new MetadataLayout(SIZE, PairRig.TRACK_SIZE).length(), 512, 512, 64);
        final NewSide side =
            new NewSide("vol0", "vol0", iqn, peer, SIZE, PairRig.TRACK_SIZE, role, Mode.DISK, "memory",
                random::nextLong);
        return new HbaSetup()
            .node(iqn, random.nextLong())
            .queue(new IoQueues(List.of(disk, metadata)))
            .slots(SLOT, new SlotPool(allocate(16 * SLOT), SLOT, 16))
            .counters(buffer(Counters.LENGTH))
            .random(random::nextLong)
            .peer(peer, link, buffer(AckTracker.LENGTH), buffer(DuplicateWindow.LENGTH), PairRig.key(1))
            .pair(new PairSetup("vol0", peer, disk, Records.open(metadata, side, SIZE, 64, this::allocate), 1, "memory",
                false, Pacing.UNLIMITED, Fence.NONE, event -> { }))
            .conclude();
    }

    private UnsafeBuffer buffer(final int length) {
        return new UnsafeBuffer(allocate(length), length);
    }

    private long allocate(final int length) {
        final ByteBuffer region = BufferUtil.allocateDirectAligned(length, 4096);
        memory.add(region);
        return BufferUtil.address(region);
    }

    /** Writes short, long and overlapping, reads, trims and flushes, some of them durable, DEPTH at a time. */
    private void run() {
        completed = 0;
        int started = 0;
        while (completed < OPERATIONS) {
            while (started < OPERATIONS && started - completed < DEPTH) {
                assertTrue(start(started++));
            }
            cycle();
        }
    }

    private boolean start(final int i) {
        final long address = slots.address(i % DEPTH);
        final long offset = 4096L * (i % 7);
        final boolean durable = i % 3 == 0;
        return switch (i % 8) {
            case 0 -> volume.read(address, 4096, offset, listener, i);
            case 1 -> volume.flush(listener, i);
            case 2 -> volume.zero(offset, 8192, durable, durable, listener, i);
            case 3 -> volume.write(address, i % 64 == 3 ? SLOT : 8192, offset, durable, listener, i);
            default -> volume.write(address, 4096, offset, durable, listener, i);
        };
    }

    private void onComplete(final long tag, final Status status) {
        completed++;
        failed += status == Status.OK ? 0 : 1;
    }

    private void cycle() {
        nowNs += 1_000;
        origin.doWork(nowNs);
        target.doWork(nowNs);
    }
}
