package io.twintrack.engine.sim;

import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.hba.HbaSetup;
import io.twintrack.engine.hba.PairSetup;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.LoadListener;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.resync.Pacing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** One host: its two disks outlive everything, the process with its HBA comes and goes. */
final class SimNode {
    enum Life {
        OFF, LOADING, RUNNING, STOPPING
    }

    static final int SLOT_LENGTH = 64 * 1024;
    static final int TRACK_SIZE = 4096;
    private static final String[] NAMES = {"iqn.2026-11.io.twintrack.sim:a", "iqn.2026-11.io.twintrack.sim:b"};
    private static final int PEER_SLOTS = 8;
    private static final int DEPTH = 64;
    private static final byte[] KEY = new byte[32];

    final int index;
    final SimDisk data;
    final SimDisk metadata;
    final NodeClock clock;
    final List<PairEvent> events = new ArrayList<>();
    private final World world;
    private final Random random;
    private final int size;
    private final Arena arena = new Arena();
    private Life life = Life.OFF;
    /** Another number after each loss of power. */
    private long hostBoot;
    private long lostPowerNs = Long.MIN_VALUE;
    /** How many disks there were before the one of now. */
    private int replaced;
    /** When it came, and what had been answered went. */
    long replacedNs = Long.MIN_VALUE;
    private SideStore store;
    private Hba hba;
    private Pair pair;
    private Counters counters;
    /** What the record said when it could be read the last time. */
    final Superblock known = new Superblock();
    private String unreadable;
    /** The metadata disk answered with errors when the record was read. */
    private boolean loadFailed;
    private boolean abandoned;
    private byte[] oldSuperblock;

    SimNode(final int index, final int size, final World world, final Random random) {
        this.index = index;
        this.size = size;
        this.world = world;
        this.random = random;
        data = new SimDisk("data " + index, size, world.clock, new Random(random.nextLong()), world.log);
        metadata = new SimDisk("metadata " + index, (int) new MetadataLayout(size, TRACK_SIZE).length(), world.clock,
            new Random(random.nextLong()), world.log);
        hostBoot = random.nextLong() | 1;
        clock = world.hasMoreFaults
            ? new NodeClock(world.clock, random.nextLong() >> 13, random.nextInt(40_001) - 20_000)
            : new NodeClock(world.clock, 0, 0);
    }

    Life life() {
        return life;
    }

    boolean isRunning() {
        return life == Life.RUNNING;
    }

    Pair pair() {
        return pair;
    }

    Hba hba() {
        return hba;
    }

    Counters counters() {
        return counters;
    }

    SideStore store() {
        return store;
    }

    /** The metadata disk failed before the process could serve: it gives up. */
    boolean isLoadFailed() {
        return life == Life.LOADING && (loadFailed || store.isFailed());
    }

    String unreadable() {
        return unreadable;
    }

    void start() {
        final MetadataLayout layout = new MetadataLayout(size, TRACK_SIZE);
        final int bits = (int) ChangedTracks.bitsLength(size, TRACK_SIZE);
        arena.reset();
        if (world.planted == Planted.OLD_SUPERBLOCK) {
            restoreSuperblock();
        }
        life = Life.LOADING;
        loadFailed = false;
        final long errors = metadata.errors;
        world.causes.onLoading(this);
        store = new SideStore(world.planted.metadata(metadata), layout, arena.take(SideStore.IO_LENGTH),
            arena.buffer(bits), arena.buffer((int) ChangedTracks.summaryLength(bits)),
            world.activeRegions, 512, (holder, status) -> { });
        store.load((outcome, reason) -> {
            if (outcome == LoadListener.Outcome.NEW) {
                store.change(new NewSide("vol0", "vol0", NAMES[index], NAMES[1 - index], World.SIZE, TRACK_SIZE,
                    index == 0 ? Role.PRIMARY : Role.REDUNDANT, world.mode, identity(), random::nextLong),
                    status -> begin());
            } else if (outcome == LoadListener.Outcome.LOADED) {
                begin();
            } else if (known.sequence == 0) {
                // Power was lost before the side was there: a person takes the file away and begins again.
                metadata.wipe();
                abandoned = true;
            } else if (metadata.errors > errors) {
                loadFailed = true;
            } else {
                unreadable = reason;
            }
        });
    }

    /** Puts back what stood there when the process before the last one ended. */
    private void restoreSuperblock() {
        final byte[] now = new byte[2 * MetadataLayout.BLOCK_LENGTH];
        metadata.current().getBytes(0, now);
        if (oldSuperblock != null) {
            metadata.fill(0, oldSuperblock);
        }
        oldSuperblock = known.currentHigh == 0 ? null : now;
    }

    private void begin() {
        known.copyFrom(store.superblock());
        final BlockDevice disk = world.planted.data(data);
        final UnsafeBuffer counts = arena.buffer(Counters.LENGTH);
        counters = new Counters(counts);
        hba = new HbaSetup()
            .node(NAMES[index], random.nextLong())
            .depth(DEPTH, DEPTH)
            .slots(SLOT_LENGTH, new SlotPool(arena.take(PEER_SLOTS * SLOT_LENGTH), SLOT_LENGTH, PEER_SLOTS))
            .counters(counts)
            .random(random::nextLong)
            .replyTimeout(World.REPLY_TIMEOUT_NS, World.TRIES)
            .queue(new IoQueues(List.of(data, metadata)))
            .peer(NAMES[1 - index], world.wire.ends[index], arena.buffer(AckTracker.LENGTH),
                arena.buffer(DuplicateWindow.LENGTH), KEY)
            .pair(new PairSetup("vol0", NAMES[1 - index], disk, store, hostBoot, identity(),
                isForeign() && world.planted != Planted.UNKNOWN_DISK, Pacing.UNLIMITED, Fence.NONE, this::onEvent))
            .conclude();
        pair = hba.pairs().get(0);
        life = Life.RUNNING;
        world.wire.alive[index] = true;
        world.onStarted(this);
        if (world.planted == Planted.SERVES_WITHOUT_ASKING && pair.role() == Role.PRIMARY) {
            pair.commands().promote(true, result -> { });
        }
    }

    private void onEvent(final PairEvent event) {
        events.add(event);
        world.log.say("node " + index + ": " + event.kind() + ": " + event.what());
    }

    /** One duty cycle. @return an amount of work. */
    int doWork() {
        switch (life) {
            case LOADING -> {
                final int work = metadata.poll() + store.poll();
                if (abandoned) {
                    abandoned = false;
                    crash();
                }
                return work;
            }
            case RUNNING, STOPPING -> {
                final int work = hba.doWork(clock.nowNs());
                plantSizes();
                known.copyFrom(store.superblock());
                if (hba.isStopped()) {
                    end();
                } else if (life == Life.RUNNING) {
                    plantCause();
                }
                return work;
            }
            default -> {
                return 0;
            }
        }
    }

    private void plantCause() {
        final Superblock now = store.superblock();
        if (world.planted == Planted.SEVERED_FOR_GOOD && now.severedBy == SeveredBy.RETRIES) {
            now.severedBy = SeveredBy.COMMAND;
        } else if (world.planted == Planted.CLEARED_WITHOUT_FLUSH) {
            store.tracks().flushed(store.tracks().flushBegan());
            if (pair.state() == PairState.DELTA_SYNC && store.isIdle() && !store.isFailed()) {
                store.saveTracks(0, now.volumeSize, status -> { });
            }
        } else if (world.planted == Planted.RETIRED_WITHOUT_FLUSH) {
            store.intent().flushed(store.intent().flushBegan());
        } else if (world.planted == Planted.FORGOTTEN_WHEN_ALONE && now.severedBy == SeveredBy.RETRIES) {
            store.tracks().clear(0, now.volumeSize);
        }
    }

    private void plantSizes() {
        final Superblock now = store.superblock();
        if (world.planted == Planted.UNMARKED_GROWTH && now.volumeSize > known.volumeSize) {
            store.tracks().clear(known.volumeSize, now.volumeSize - known.volumeSize);
        }
        if (world.planted == Planted.EARLY_GROWTH && now.resizeSize > now.volumeSize) {
            pair.volume().resize(now.resizeSize);
        }
    }

    void stop() {
        hba.stop();
        life = Life.STOPPING;
    }

    /** The process ends at once. */
    void crash() {
        data.abandon();
        metadata.abandon();
        end();
    }

    /** The host loses power. */
    void losePower() {
        lostPowerNs = world.clock.nowNs();
        data.losePower();
        metadata.losePower();
        hostBoot = random.nextLong() | 1;
        end();
    }

    /** @return when it last did. */
    long lostPowerNs() {
        return lostPowerNs;
    }

    /** Another disk takes the place of the volume's. */
    void replaceDisk() {
        data.replace();
        replaced++;
        replacedNs = world.clock.nowNs();
    }

    private String identity() {
        return "disk " + replaced;
    }

    /** The record belongs to another disk. */
    boolean isForeign() {
        return !known.diskIdentity.equals(identity());
    }

    /** A person declares the disk a new one. */
    void accept() {
        pair.commands().acceptDisk(
            result -> world.log.say("node " + index + " takes its new disk: " + result.what()));
    }

    private void end() {
        life = Life.OFF;
        hba = null;
        pair = null;
        store = null;
        world.wire.alive[index] = false;
        world.wire.ends[index].reset();
        world.onEnded(this);
    }

    /** The memory of one process; the next one gets it cleared. */
    private static final class Arena {
        private static final int LENGTH = 2 << 20;
        private static final int PAGE = 4096;

        private final UnsafeBuffer all = new UnsafeBuffer(BufferUtil.allocateDirectAligned(LENGTH, PAGE));
        private int used = LENGTH;

        void reset() {
            all.setMemory(0, used, (byte) 0);
            used = 0;
        }

        long take(final int length) {
            final long address = all.addressOffset() + used;
            used += length + PAGE - 1 & -PAGE;
            if (used > LENGTH) {
                throw new IllegalStateException("the arena is too small: " + used);
            }
            return address;
        }

        UnsafeBuffer buffer(final int length) {
            return new UnsafeBuffer(take(length), length);
        }
    }
}
