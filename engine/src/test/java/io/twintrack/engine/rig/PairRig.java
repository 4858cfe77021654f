package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.FaultyBlockDevice;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.MemoryBlockDevice;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.hba.HbaSetup;
import io.twintrack.engine.hba.PairSetup;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.resync.Pacing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Two HBAs with memory disks and a wire in memory, driven by the test's thread with a clock of the test's own. */
public final class PairRig {
    /** How a rig is made, where it is not as most tests want it. */
    public static final class Shape {
        private final LoopbackLink.Wire wire;
        private final long size;
        private long targetSize;
        private int originSector = 512;
        private int targetSector = 512;
        private int targetAlignment = 512;
        private int targetQueue = 256;
        private int requests = 1024;
        private int applies = 1024;
        private int peerSlots = 16;
        private int backPairs;
        private int activeRegions = 64;
        private Mode mode = Mode.DISK;

        public Shape(final LoopbackLink.Wire wire, final long size) {
            this.wire = wire;
            this.size = size;
            this.targetSize = size;
        }

        public Shape targetDisk(final long diskSize, final int sector, final int alignment) {
            targetSize = diskSize;
            targetSector = sector;
            targetAlignment = alignment;
            return this;
        }

        public Shape originSector(final int sector) {
            originSector = sector;
            return this;
        }

        /** Operations that the target's disk takes at a time. */
        public Shape targetQueue(final int depth) {
            targetQueue = depth;
            return this;
        }

        public Shape depth(final int own, final int received) {
            requests = own;
            applies = received;
            return this;
        }

        /** Pairs whose origin is the target's node: both nodes are origin and target at once. */
        public Shape backPairs(final int count) {
            backPairs = count;
            return this;
        }

        public Shape mode(final Mode pairMode) {
            mode = pairMode;
            return this;
        }

        /** That clients may write to without waiting for a mark. */
        public Shape activeRegions(final int count) {
            activeRegions = count;
            return this;
        }

        public Shape peerSlots(final int count) {
            peerSlots = count;
            return this;
        }
    }

    public static final String ORIGIN = "iqn.2026-11.io.twintrack.test:origin";
    public static final String TARGET = "iqn.2026-11.io.twintrack.test:target";
    public static final int SLOT_LENGTH = 256 * 1024;
    public static final int TRACK_SIZE = 4096;
    private static final long CYCLE_NS = TimeUnit.MICROSECONDS.toNanos(100);

    public final FaultyBlockDevice originDisk;
    public final FaultyBlockDevice targetDisk;
    public final LoopbackLink originLink;
    public final LoopbackLink targetLink;
    public final Map<Long, Status> completions = new HashMap<>();
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final Random random = new Random(7);
    /** Of nodes that are made from now on. */
    public byte[] key = key(1);
    /** What each side reported, in order. */
    public final List<Status> originAlerts = new ArrayList<>();
    public final List<Status> targetAlerts = new ArrayList<>();
    public Hba origin;
    public Hba target;
    public SlotPool slots;
    /** What both nodes told of their pairs. */
    public final List<PairEvent> events = new ArrayList<>();
    /** Of both nodes. */
    public Fence fence = Fence.NONE;
    private final Map<String, FaultyBlockDevice> metadata = new HashMap<>();
    private final Random generations = new Random(8);
    /** Of the origin's host; a new number means that the host lost power. */
    public long originLife = 1;
    /** Of the target's host; a new number means that the host lost power. */
    public long targetLife = 1;
    private long nowNs = TimeUnit.HOURS.toNanos(1);

    private final Shape shape;

    /** @return the key that this number stands for. */
    public static byte[] key(final int number) {
        return bytes(number, 32);
    }

    public PairRig(final LoopbackLink.Wire wire, final long size) {
        this(wire, size, size);
    }

    public PairRig(final LoopbackLink.Wire wire, final long originSize, final long targetSize) {
        this(new Shape(wire, originSize).targetDisk(targetSize, 512, 512));
    }

    public PairRig(final Shape shape) {
        this.shape = shape;
        originDisk = new FaultyBlockDevice(new MemoryBlockDevice(shape.size, shape.originSector, 512, 256));
        targetDisk = new FaultyBlockDevice(new MemoryBlockDevice(
            shape.targetSize, shape.targetSector, shape.targetAlignment, shape.targetQueue));
        final LoopbackLink[] ends = LoopbackLink.pair(shape.wire);
        originLink = ends[0];
        targetLink = ends[1];
        slots = new SlotPool(allocate(64 * SLOT_LENGTH), SLOT_LENGTH, 64);
        makeOrigin();
        makeTarget();
        originLink.connect(true);
    }

    private void makeOrigin() {
        final List<MemoryBlockDevice> backDisks = backDisks();
        final Side side = new Side(ORIGIN, TARGET, originLink, originDisk, backDisks);
        side.add("vol0", originDisk, Role.PRIMARY, shape.size);
        for (int i = 0; i < backDisks.size(); i++) {
            side.add("back" + i, backDisks.get(i), Role.REDUNDANT, shape.size);
        }
        origin = side.conclude();
    }

    private void makeTarget() {
        final List<MemoryBlockDevice> backDisks = backDisks();
        final Side side = new Side(TARGET, ORIGIN, targetLink, targetDisk, backDisks);
        side.add("vol0", targetDisk, Role.REDUNDANT, shape.targetSize);
        for (int i = 0; i < backDisks.size(); i++) {
            side.add("back" + i, backDisks.get(i), Role.PRIMARY, shape.size);
        }
        target = side.conclude();
    }

    /** What one of the two HBAs is made of. */
    private final class Side {
        private final String iqn;
        private final String peer;
        private final List<IoQueue> queues = new ArrayList<>();
        private final HbaSetup setup;

        Side(
            final String iqn, final String peer, final LoopbackLink link, final FaultyBlockDevice disk,
            final List<MemoryBlockDevice> backDisks) {
            this.iqn = iqn;
            this.peer = peer;
            queues.addAll(backDisks);
            queues.add(disk);
            setup = PairRig.this.setup(iqn, peer, link);
        }

        void add(final String name, final BlockDevice device, final Role role, final long size) {
            final MetadataLayout layout = new MetadataLayout(size, TRACK_SIZE);
            final FaultyBlockDevice disk = metadata.computeIfAbsent(iqn + name,
                key -> new FaultyBlockDevice(new MemoryBlockDevice(layout.length(), 512, 512, 64)));
            queues.add(disk);
            final SideStore store = Records.open(disk, new NewSide(name, name, iqn, peer, size, TRACK_SIZE, role,
                shape.mode, "memory", generations::nextLong), size, shape.activeRegions, PairRig.this::allocate);
            setup.pair(new PairSetup(name, peer, device, store, life(iqn), "memory", false, Pacing.UNLIMITED,
                (pair, listener) -> fence.fence(pair, listener), events::add));
        }

        Hba conclude() {
            return setup.queue(new IoQueues(queues)).conclude();
        }
    }

    private long life(final String iqn) {
        return iqn.equals(TARGET) ? targetLife : originLife;
    }

    private List<MemoryBlockDevice> backDisks() {
        return Stream.generate(() -> new MemoryBlockDevice(shape.size, 512, 512, 256)).limit(shape.backPairs).toList();
    }

    private HbaSetup setup(
        final String iqn, final String peer, final LoopbackLink link) {
        return new HbaSetup()
            .node(iqn, random.nextLong())
            .depth(shape.requests, shape.applies)
            .slots(SLOT_LENGTH, new SlotPool(allocate(shape.peerSlots * SLOT_LENGTH), SLOT_LENGTH, shape.peerSlots))
            .counters(buffer(Counters.LENGTH))
            .random(random::nextLong)
            .alerts((peerIqn, status) -> (iqn.equals(ORIGIN) ? originAlerts : targetAlerts).add(status))
            .peer(peer, link, buffer(AckTracker.LENGTH), buffer(DuplicateWindow.LENGTH), key);
    }

    public UnsafeBuffer buffer(final int length) {
        return new UnsafeBuffer(allocate(length), length);
    }

    private long allocate(final int length) {
        final ByteBuffer region = BufferUtil.allocateDirectAligned(length, 4096);
        memory.add(region);
        return new UnsafeBuffer(region).addressOffset();
    }

    /** Starts the target anew on the same disk, as after its process ended. */
    public void restartTarget() {
        originLink.connect(false);
        targetDisk.releaseAll();
        cycles(2);
        until("the disk has ended what the last process asked", () -> targetDisk.inFlight() == 0);
        forget(TARGET);
        makeTarget();
        originLink.connect(true);
    }

    /** Starts the target anew so fast that the origin's end of the wire sees nothing of it. */
    public void restartTargetUnnoticed() {
        makeTarget();
    }

    /** Starts the origin anew on the same disk. What was on its way is never answered. */
    public void restartOrigin() {
        originLink.connect(false);
        originDisk.releaseAll();
        cycles(2);
        until("the disk has ended what the last process asked", () -> originDisk.inFlight() == 0);
        forget(ORIGIN);
        makeOrigin();
        originLink.connect(true);
    }

    /** What the origin's record of the pair lies on. */
    public FaultyBlockDevice originMetadata() {
        return metadata.get(ORIGIN + "vol0");
    }

    /** What the target's record of the pair lies on. */
    public FaultyBlockDevice targetMetadata() {
        return metadata.get(TARGET + "vol0");
    }

    /** What its process had asked of the metadata disks is done, and nobody hears of it. */
    private void forget(final String iqn) {
        metadata.forEach((name, disk) -> {
            if (name.startsWith(iqn)) {
                disk.listener((token, status) -> { });
                while (disk.inFlight() > 0) {
                    disk.submit();
                    disk.poll();
                }
            }
        });
    }

    /** The clock runs on while neither side does. */
    public void pause(final long ns) {
        nowNs += ns;
    }

    public long nowNs() {
        return nowNs;
    }

    public void cycles(final int count) {
        for (int i = 0; i < count; i++) {
            nowNs += CYCLE_NS;
            origin.doWork(nowNs);
            target.doWork(nowNs);
        }
    }

    /** As {@link #cycles}, with a target that does not run at all. */
    public void originCycles(final int count) {
        for (int i = 0; i < count; i++) {
            nowNs += CYCLE_NS;
            origin.doWork(nowNs);
        }
    }

    public void until(final String what, final BooleanSupplier condition) {
        for (int i = 0; i < 200_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            cycles(1);
        }
        throw new AssertionError("never happened: " + what + "; origin: " + pair().commands().status(nowNs)
            + "; target: " + targetPair().commands().status(nowNs));
    }

    public PairRig upToDate() {
        until("both sides are up to date", () -> pair().state() == PairState.UP_TO_DATE);
        return this;
    }

    public PrimaryVolume volume() {
        return origin.volumes().get(0);
    }

    public Pair pair() {
        return origin.pairs().get(0);
    }

    public Pair targetPair() {
        return target.pairs().get(0);
    }

    public long count(final Counter counter) {
        return origin.counters().get(counter);
    }

    public long targetCount(final Counter counter) {
        return target.counters().get(counter);
    }

    /** Fills a slot of its own with bytes drawn from the seed. */
    public long filledSlot(final long seed, final int length) {
        final int slot = slots.claim();
        final byte[] bytes = bytes(seed, length);
        new UnsafeBuffer(slots.address(slot), length).putBytes(0, bytes);
        return slots.address(slot);
    }

    public static byte[] bytes(final long seed, final int length) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Starts a write of seeded bytes and returns its tag. */
    public long write(final long seed, final long offset, final int length, final boolean durable) {
        final long tag = seed;
        assertTrue(volume().write(
            filledSlot(seed, length), length, offset, durable, (t, status) -> completions.put(t, status), tag));
        return tag;
    }

    /** Asks the target and returns the tag, which is free. */
    public long ask(final Question question, final long tag) {
        assertTrue(volume().ask(question, (t, status) -> completions.put(t, status), tag));
        return tag;
    }

    public Status finish(final long tag) {
        until("request " + tag + " completes", () -> completions.containsKey(tag));
        return completions.get(tag);
    }

    public static byte[] content(final FaultyBlockDevice disk, final long offset, final int length) {
        final byte[] bytes = new byte[length];
        new UnsafeBuffer(disk.disk().address() + offset, length).getBytes(0, bytes);
        return bytes;
    }

    public void assertSidesEqual() {
        final long size = originDisk.size();
        for (long offset = 0; offset < size; offset += SLOT_LENGTH) {
            final int length = (int) Math.min(SLOT_LENGTH, size - offset);
            assertArrayEquals(
                content(originDisk, offset, length), content(targetDisk, offset, length), "at byte " + offset);
        }
    }
}
