package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.MemoryBlockDevice;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.origin.Conduct;
import io.twintrack.engine.origin.Origin;
import io.twintrack.engine.origin.OriginPair;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.origin.RequestPool;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.SessionAlerts;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.replica.TargetSession;
import io.twintrack.engine.session.SharedKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Both ends of one session with nothing above them: at the origin the test asks, at the target a {@link RecordingPair}
 * answers. Driven by the test's thread with a clock of the test's own.
 */
public final class SessionRig implements AutoCloseable {
    public static final int SIZE = 4 << 20;
    private static final int SLOT_LENGTH = 64 * 1024;
    private static final int SLOTS = 16;
    private static final long CYCLE_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    /** A volume of the origin that asks to be attached until it is. */
    public final class Side implements OriginPair, Conduct {
        public final MemoryBlockDevice disk = disk(SIZE);
        public final PrimaryVolume volume;
        public boolean attached;
        private final PairReport report = new PairReport();
        private final UnsafeBuffer out = buffer(PairReport.MAX_LENGTH);
        private final UnsafeBuffer in = buffer(PairReport.MAX_LENGTH);
        private final SideStore store;
        private boolean asking = true;
        private long notBeforeNs;

        Side(final String name) {
            final NewSide blank = new NewSide(name, name, PairRig.ORIGIN, PairRig.TARGET, SIZE, PairRig.TRACK_SIZE,
                Role.PRIMARY, Mode.DISK, "memory", random::nextLong);
            final long record = new MetadataLayout(SIZE, PairRig.TRACK_SIZE).length();
            store = Records.open(disk((int) record), blank, SIZE, 16, length -> buffer(length).addressOffset());
            volume = origin.add(name, disk, SIZE, this, this, store);
            store.listener(volume::onIntent);
            report.pairName = name;
            report.size = SIZE;
        }

        /** Asks the target, and returns the tag. */
        public long ask(final Question question, final long tag) {
            assertTrue(volume.ask(question, (t, status) -> completions.put(t, status), tag));
            return tag;
        }

        private void poll() {
            store.poll();
            if (asking || attached || nowNs < notBeforeNs) {
                return;
            }
            asking = true;
            final Question question = new Question()
                .set(Operation.ATTACH, out.addressOffset(), report.write(out, 0)).into(in.addressOffset(),
                    in.capacity());
            assertTrue(volume.ask(question, (tag, status) -> onAttached(status), 0));
        }

        private void onAttached(final Status status) {
            asking = false;
            attached = status == Status.OK;
            notBeforeNs = nowNs + RETRY_NS;
        }

        @Override
        public void onSessionOpened(final long now) {
            asking = false;
            notBeforeNs = now;
        }

        @Override
        public void onSessionLost(final String reason) {
            attached = false;
            asking = true;
        }

        @Override
        public void onRetriesExhausted(final String reason) {
            // The tests look at how requests end.
        }

        @Override
        public Status serving() {
            return Status.OK;
        }

        @Override
        public Status mutationRefusal() {
            return Status.OK;
        }

        @Override
        public boolean isHolding() {
            return false;
        }

        @Override
        public Mode mode() {
            return Mode.DISK;
        }

        @Override
        public boolean usesDisk() {
            return true;
        }

        @Override
        public boolean usesTarget() {
            return true;
        }

        @Override
        public boolean isAttached() {
            return attached;
        }

        @Override
        public boolean isCleanOnTarget(final long offset, final long length) {
            return false;
        }

        @Override
        public void onClients(final int change) {
            // Nothing follows from it here.
        }

        @Override
        public void onDiskFailed(final Status status, final long offset, final boolean flush) {
            throw new AssertionError("the origin's disk answered " + status);
        }

        @Override
        public void onReadFailed(final Status status, final long offset) {
            throw new AssertionError("the origin's disk answered " + status);
        }

        @Override
        public void onTargetFailed(final Status status, final long offset) {
            // The tests look at how requests end.
        }
    }

    private final List<MemoryBlockDevice> disks = new ArrayList<>();
    public final LoopbackLink originLink;
    public final LoopbackLink targetLink;
    public final RecordingPair pair = new RecordingPair();
    public final RecordingPair otherPair = new RecordingPair();
    public final Side side;
    public final Side other;
    public final MemoryBlockDevice targetDisk = disk(SIZE);
    public final Map<Long, Status> completions = new HashMap<>();
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final Random random = new Random(7);
    private final Counters counters = new Counters(buffer(Counters.LENGTH));
    private final Origin origin;
    private final TargetSession target;
    private final IoQueues queue;
    private long nowNs = TimeUnit.HOURS.toNanos(1);

    public SessionRig(final LoopbackLink.Wire wire) {
        final LoopbackLink[] ends = LoopbackLink.pair(wire);
        originLink = ends[0];
        targetLink = ends[1];
        final SharedKey key = new SharedKey(PairRig.key(1));
        origin = new Origin(new Origin.Setup(PairRig.ORIGIN, PairRig.TARGET, 1, originLink,
            TimeUnit.MILLISECONDS.toNanos(500), 5, new AckTracker(buffer(AckTracker.LENGTH)), new RequestPool(64, 16),
            SLOT_LENGTH, slots(), random::nextLong, key, SessionAlerts.IGNORED, counters));
        side = new Side("vol0");
        other = new Side("vol1");
        origin.conclude();
        target = new TargetSession(new TargetSession.Setup(PairRig.TARGET, PairRig.ORIGIN, targetLink,
            new DuplicateWindow(buffer(DuplicateWindow.LENGTH)), slots(), 64, random::nextLong, key,
            SessionAlerts.IGNORED, PairOffers.NONE, new Counters(buffer(Counters.LENGTH))));
        target.add("vol0", targetDisk, pair).resize(SIZE);
        target.add("vol1", disk(SIZE), otherPair).resize(SIZE);
        queue = new IoQueues(List.<IoQueue>copyOf(disks));
        listen();
        originLink.connect(true);
    }

    private void listen() {
        originLink.listener(new LinkListener() {
            @Override
            public void onLinkUp(final long now) {
                origin.onLinkUp(now);
            }

            @Override
            public void onLinkDown(final long now, final String reason) {
                origin.onLinkDown(now, reason);
            }
        });
        targetLink.listener(new LinkListener() {
            @Override
            public void onLinkUp(final long now) {
                // A target waits to be called.
            }

            @Override
            public void onLinkDown(final long now, final String reason) {
                target.onLinkDown(reason);
            }
        });
    }

    private SlotPool slots() {
        return new SlotPool(buffer(SLOTS * SLOT_LENGTH).addressOffset(), SLOT_LENGTH, SLOTS);
    }

    private MemoryBlockDevice disk(final int size) {
        final MemoryBlockDevice disk = new MemoryBlockDevice(size, 512, 512, 64);
        disks.add(disk);
        return disk;
    }

    public UnsafeBuffer buffer(final int length) {
        final ByteBuffer region = BufferUtil.allocateDirectAligned(length, 4096);
        memory.add(region);
        return new UnsafeBuffer(region);
    }

    public void cycles(final int count) {
        for (int i = 0; i < count; i++) {
            nowNs += CYCLE_NS;
            queue.poll();
            target.pollFrames(64);
            origin.pollReplies(nowNs, 64);
            target.poll();
            side.poll();
            other.poll();
            origin.poll(nowNs);
            originLink.doWork(nowNs);
            targetLink.doWork(nowNs);
            queue.submit();
        }
    }

    public void until(final String what, final BooleanSupplier condition) {
        for (int i = 0; i < 200_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            cycles(1);
        }
        throw new AssertionError("never happened: " + what);
    }

    public SessionRig attached() {
        until("the pair is attached", () -> side.attached);
        return this;
    }

    public Status finish(final long tag) {
        until("request " + tag + " completes", () -> completions.containsKey(tag));
        return completions.get(tag);
    }

    /** Starts a write of seeded bytes at the volume's begin and returns its tag. */
    public long write(final long seed, final int length) {
        return write(seed, 0, length);
    }

    /** As {@link #write(long, int)}, at another place. */
    public long write(final long seed, final long offset, final int length) {
        final UnsafeBuffer bytes = buffer(length);
        bytes.putBytes(0, PairRig.bytes(seed, length));
        assertTrue(side.volume.write(
            bytes.addressOffset(), length, offset, false, (tag, status) -> completions.put(tag, status), seed));
        return seed;
    }

    public long count(final Counter counter) {
        return counters.get(counter);
    }

    /** Gives the disks' memory back. Nothing runs any more; a rig of a short test may do without. */
    @Override
    public void close() {
        disks.forEach(MemoryBlockDevice::close);
    }
}
