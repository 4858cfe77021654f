package io.twintrack.engine.hba;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.Extent;
import io.twintrack.engine.device.ExtentDevice;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.MemoryBlockDevice;
import io.twintrack.engine.device.SharedDevice;
import io.twintrack.engine.host.HostClient;
import io.twintrack.engine.host.HostRing;
import io.twintrack.engine.host.Wakeup;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.resync.Pacing;
import io.twintrack.engine.rig.LoopbackLink;
import io.twintrack.engine.rig.PairRig;
import io.twintrack.engine.rig.Records;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * Two HBAs, each in one region of memory, mirror a striped volume to a linear one, for a client of the host ring. A
 * disk is shared by the volume and one that must not be touched.
 */
class HbaMemoryWiringTest {
    private static final String ORIGIN = "iqn.2026-11.io.twintrack.test:origin";
    private static final String TARGET = "iqn.2026-11.io.twintrack.test:target";
    private static final int HALF = 512 * 1024;
    private static final int SIZE = 2 * HALF;
    private static final int STRIPE = 16 * 1024;
    private static final int RECORD = (int) new MetadataLayout(SIZE, PairRig.TRACK_SIZE).length();

    private final List<Long> allocated = new ArrayList<>();
    private final List<MemoryBlockDevice> disks = new ArrayList<>();
    private final Random random = new Random(7);
    private long nowNs = 1;

    @AfterEach
    void free() {
        disks.forEach(MemoryBlockDevice::close);
        allocated.forEach(UnsafeApi::freeMemory);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHostClientsWritesReachAllDisks(final boolean largeFrames) {
        final LoopbackLink[] ends =
            LoopbackLink.pair(largeFrames ? LoopbackLink.Wire.LARGE_FRAMES : LoopbackLink.Wire.SMALL_FRAMES);
        final MemoryBlockDevice first = disk(HALF + 4096);
        final MemoryBlockDevice second = disk(HALF);
        final SharedDevice shared = new SharedDevice(first);
        final Extent neighbour = shared.extent(0, 4096);
        final ExtentDevice striped =
            ExtentDevice.striped(List.of(shared.extent(4096, HALF), Extent.of(second)), STRIPE, 256);
        final MemoryBlockDevice low = disk(HALF / 2);
        final MemoryBlockDevice high = disk(SIZE);
        final ExtentDevice linear =
            ExtentDevice.linear(List.of(Extent.of(low), new Extent(high, 4096, SIZE - HALF / 2)), 256);

        final HbaMemory originMemory = memory();
        final MemoryBlockDevice originRecord = disk(RECORD);
        final MemoryBlockDevice targetRecord = disk(RECORD);
        final Hba origin = setup(
            ORIGIN, TARGET, originMemory, ends[0], new IoQueues(List.of(first, second, striped, originRecord)))
            .pair(side(Role.PRIMARY, striped, originRecord)).conclude();
        final Hba target = setup(
            TARGET, ORIGIN, memory(), ends[1], new IoQueues(List.of(low, high, linear, targetRecord)))
            .pair(side(Role.REDUNDANT, linear, targetRecord)).conclude();
        final HostRing ring = new HostRing(originMemory, origin.volumes(), origin.counters(), Wakeup.NONE);
        origin.add(ring);
        final HostClient client = ring.open(8);
        ends[0].connect(true);
        until(origin, target, "serving", () -> origin.volumes().get(0).serving() == Status.OK);

        final long seed = System.nanoTime();
        final byte[] model = new byte[SIZE];
        for (int i = 0; i < 100; i++) {
            writeRandomly(origin, target, client, new Random(seed + i), model, "seed " + seed + " + " + i);
        }
        readBack(origin, target, client, model, "seed " + seed);
        until(origin, target, "up to date", () -> origin.pairs().get(0).state() == PairState.UP_TO_DATE);
        assertArrayEquals(model, content(striped, first, second), "origin, seed " + seed);
        final byte[] redundant = new byte[SIZE];
        new UnsafeBuffer(low.address(), HALF / 2).getBytes(0, redundant, 0, HALF / 2);
        new UnsafeBuffer(high.address() + 4096, SIZE - HALF / 2).getBytes(0, redundant, HALF / 2, SIZE - HALF / 2);
        assertArrayEquals(model, redundant, "target, seed " + seed);
        assertEquals(0, new UnsafeBuffer(first.address(), 4096).getLong(4088), neighbour + " was touched");
        assertEquals(0, origin.counters().get(Counter.HOST_DROPPED));
        assertTrue(origin.counters().get(Status.OK) >= 100);
        assertTrue(ring.close(client));
        assertEquals(originMemory.slots().count(), originMemory.slots().free());
    }

    private void writeRandomly(
        final Hba origin,
        final Hba target,
        final HostClient client,
        final Random random,
        final byte[] model,
        final String message) {
        final int slot = random.nextInt(client.slotCount());
        final int length = 512 * (1 + random.nextInt(client.slotLength() / 512));
        final int offset = 512 * random.nextInt((SIZE - length) / 512 + 1);
        final byte[] bytes = new byte[length];
        if (random.nextInt(5) > 0) {
            random.nextBytes(bytes);
            new UnsafeBuffer(client.slotAddress(slot), length).putBytes(0, bytes);
            assertTrue(client.write(0, slot, length, offset, random.nextBoolean(), 1), message);
        } else {
            assertTrue(client.zero(0, offset, length, random.nextBoolean(), random.nextBoolean(), 1), message);
        }
        System.arraycopy(bytes, 0, model, offset, length);
        assertTrue(client.flush(0, 2), message);
        answered(origin, target, client, 2, message);
    }

    private void readBack(
        final Hba origin, final Hba target, final HostClient client, final byte[] model, final String message) {
        for (int offset = 0; offset < SIZE; offset += client.slotLength()) {
            assertTrue(client.read(0, 0, client.slotLength(), offset, 3));
            answered(origin, target, client, 1, message);
            final byte[] bytes = new byte[client.slotLength()];
            new UnsafeBuffer(client.slotAddress(0), bytes.length).getBytes(0, bytes);
            assertArrayEquals(Arrays.copyOfRange(model, offset, offset + bytes.length), bytes, message);
        }
    }

    private void answered(
        final Hba origin, final Hba target, final HostClient client, final int count, final String message) {
        final int[] answers = {0};
        until(origin, target, message, () -> {
            client.poll((id, slot, status) -> {
                assertEquals(Status.OK, status, message);
                answers[0]++;
            });
            return answers[0] == count;
        });
    }

    private void until(
        final Hba origin, final Hba target, final String what, final BooleanSupplier condition) {
        for (int i = 0; i < 100_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            nowNs += 100_000;
            origin.doWork(nowNs);
            target.doWork(nowNs);
        }
        fail("never happened: " + what);
    }

    private HbaSetup setup(
        final String iqn, final String peer, final HbaMemory memory, final LoopbackLink link, final IoQueues queues) {
        return new HbaSetup()
            .node(iqn, random.nextLong())
            .queue(queues)
            .slots(memory.slots().slotLength(), memory.peerSlots())
            .counters(Counters.allocate(memory.counters()))
            .random(random::nextLong)
            .peer(peer, link, memory.ackTracker(0), memory.duplicateWindow(0), PairRig.key(1));
    }

    /** What keeps a record of the pair is a disk like the others; what it knows lies beside the HBA's memory. */
    private PairSetup side(final Role role, final ExtentDevice device, final MemoryBlockDevice record) {
        final boolean primary = role == Role.PRIMARY;
        final String iqn = primary ? ORIGIN : TARGET;
        final String peer = primary ? TARGET : ORIGIN;
        final NewSide blank =
            new NewSide("vol0", "vol0", iqn, peer, SIZE, PairRig.TRACK_SIZE, role, Mode.DISK, "memory",
                random::nextLong);
        return new PairSetup("vol0", peer, device, Records.open(record, blank, SIZE, 16, this::allocate), 1, "memory",
            false, Pacing.UNLIMITED, Fence.NONE, event -> { });
    }

    private HbaMemory memory() {
        final HbaMemoryLayout layout =
            new HbaMemoryLayout(new HbaMemoryOptions().slotLength(64 * 1024).slotCount(16).peerSlotCount(16));
        return new HbaMemory(allocate(layout.totalLength()), layout.totalLength(), layout);
    }

    private long allocate(final long length) {
        final long address = UnsafeApi.allocateMemory(length + HbaMemoryLayout.PAGE_LENGTH);
        UnsafeApi.setMemory(address, length + HbaMemoryLayout.PAGE_LENGTH, (byte) 0);
        allocated.add(address);
        return (address + HbaMemoryLayout.PAGE_LENGTH - 1) & -HbaMemoryLayout.PAGE_LENGTH;
    }

    private MemoryBlockDevice disk(final int size) {
        final MemoryBlockDevice disk = new MemoryBlockDevice(size, 512, 512, 32);
        disks.add(disk);
        return disk;
    }

    /** As counted out by hand: stripes in turn, the first disk's behind its neighbour. */
    private static byte[] content(final ExtentDevice striped, final MemoryBlockDevice... parts) {
        final byte[] bytes = new byte[(int) striped.size()];
        for (int stripe = 0; stripe < bytes.length / STRIPE; stripe++) {
            final long base = stripe % 2 == 0 ? parts[0].address() + 4096 : parts[1].address();
            new UnsafeBuffer(base + (long) (stripe / 2) * STRIPE, STRIPE).getBytes(0, bytes, stripe * STRIPE, STRIPE);
        }
        return bytes;
    }
}
