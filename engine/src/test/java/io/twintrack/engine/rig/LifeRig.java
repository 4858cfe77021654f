package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.hba.HbaSetup;
import io.twintrack.engine.hba.PairSetup;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.resync.Pacing;
import io.twintrack.engine.rig.Ledger.Write;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Two nodes with one pair, on disks that forget what was not flushed when they lose power, with clients whose every
 * acknowledgement is kept in a {@link Ledger}. All that happens follows from one seed. Only one rig lives at a time:
 * they
 * share their memory.
 */
public final class LifeRig {
    /** Power is cut now, in the middle of whatever a test does. */
    public static final class Cut extends RuntimeException {
        Cut() {
            super("cut", null, false, false);
        }
    }

    public static final int ORIGIN = 0;
    public static final int TARGET = 1;
    public static final int TRACK = 4096;
    private static final long CYCLE_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long PATIENT_CYCLE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String VOLUME = "vol0";
    private static final int SLOT = 16 * 1024;
    private static final int SLOTS = 8;
    private static final String[] IQNS = {
        "iqn.2026-11.io.twintrack.test:origin", "iqn.2026-11.io.twintrack.test:target"};
    private static final LinkListener NOBODY = new LinkListener() {
        @Override
        public void onLinkUp(final long nowNs) {
        }

        @Override
        public void onLinkDown(final long nowNs, final String reason) {
        }
    };

    /** Memory of one node's process, used again by the next one. */
    private static final class Arena {
        private final ByteBuffer memory = BufferUtil.allocateDirectAligned(8 << 20, 4096);
        private final UnsafeBuffer bytes = new UnsafeBuffer(memory);
        private int used;

        long allocate(final int length) {
            final int at = used;
            used = BitUtil.align(used + length, 4096);
            assertTrue(used <= bytes.capacity(), "the arena is too small");
            return bytes.addressOffset() + at;
        }

        void clear() {
            bytes.setMemory(0, used, (byte) 0);
            used = 0;
        }
    }

    private static final Arena[] ARENAS = {new Arena(), new Arena()};

    /** What both disks of a node hold. */
    public record Image(byte[] data, byte[] metadata) {
    }

    /** One node. */
    public final class Node implements PairOffers {
        public final int index;
        public VolatileDisk data;
        public final VolatileDisk metadata;
        public Hba hba;
        public long life = 1;
        /** It deleted the pair, and its record with it. */
        public boolean forgot;
        private int disks = 1;
        private boolean foreignDisk;
        private final Map<Long, Op> asked = new HashMap<>();
        private boolean clients;
        private boolean stopping;
        private long clientsLeaveAt;
        private SlotPool slots;

        Node(final int index, final Image image) {
            this.index = index;
            data = new VolatileDisk(image.data.clone());
            metadata = new VolatileDisk(image.metadata.clone());
        }

        public int bit() {
            return 1 << index;
        }

        public boolean isUp() {
            return hba != null;
        }

        public Pair pair() {
            return hba.pairs().get(0);
        }

        public PrimaryVolume volume() {
            return pair().volume();
        }

        public PairStatus status() {
            return pair().commands().status(nowNs);
        }

        public boolean serves() {
            return hasPair() && pair().role() == Role.PRIMARY && volume().serving() == Status.OK;
        }

        /** Its process runs, and has the pair. */
        public boolean hasPair() {
            return isUp() && !forgot;
        }

        /** Starts the process. */
        public void boot() {
            final Arena arena = ARENAS[index];
            arena.clear();
            slots = new SlotPool(arena.allocate(SLOT * 16), SLOT, 16);
            final LoopbackLink link = links[index];
            final HbaSetup setup = new HbaSetup()
                .node(IQNS[index], random.nextLong())
                .depth(64, 64)
                .queue(new IoQueues(List.of(data, metadata)))
                .slots(SLOT, new SlotPool(arena.allocate(SLOT * SLOTS), SLOT, SLOTS))
                .counters(new UnsafeBuffer(arena.allocate(Counters.LENGTH), Counters.LENGTH))
                .random(random::nextLong)
                .replyTimeout(TimeUnit.MILLISECONDS.toNanos(20), 3)
                .peer(IQNS[1 - index], link,
                    new UnsafeBuffer(arena.allocate(AckTracker.LENGTH), AckTracker.LENGTH),
                    new UnsafeBuffer(arena.allocate(DuplicateWindow.LENGTH), DuplicateWindow.LENGTH), PairRig.key(1))
                .offers(this);
            hba = (forgot ? setup : setup.pair(side(arena))).conclude();
            clients = false;
        }

        private PairSetup side(final Arena arena) {
            final String disk = "disk " + disks;
            final NewSide blank = new NewSide(VOLUME, VOLUME, IQNS[index], IQNS[1 - index], size, TRACK,
                index == ORIGIN ? Role.PRIMARY : Role.REDUNDANT, Mode.DISK, disk, random::nextLong);
            final SideStore store = Records.open(metadata, blank, data.size(), activeRegions, arena::allocate);
            foreignDisk = !store.superblock().diskIdentity.equals(disk);
            return new PairSetup(VOLUME, IQNS[1 - index], data, store, life, disk, foreignDisk, pacing, Fence.NONE,
                events::add);
        }

        /** The process is gone, and the disk is another one when it comes back: what was on the old one is given up. */
        public void replaceDisk() {
            kill();
            data = new VolatileDisk(used((int) data.size()));
            disks++;
            ledger.givenUp(bit());
        }

        /** Its record belongs to another disk, and nobody has said yet that this is right. */
        public boolean hasForeignDisk() {
            return foreignDisk;
        }

        /** Refused where it is in use already: the command was given before, and its answer was lost. */
        public CommandResult acceptDisk() {
            final CommandResult result = command(this, (pair, listener) -> pair.acceptDisk(listener));
            foreignDisk = false;
            return result;
        }

        /** Ends the pair for good, as the node's tables do it; only then somebody hears. */
        public void delete(final boolean byPeer, final CommandListener heard) {
            hba.remove(VOLUME, byPeer, result -> {
                forgot |= result.done();
                heard.onResult(result);
            });
        }

        @Override
        public void onOffer(final PairOffer offer, final CommandListener heard) {
            PairOffers.NONE.onOffer(offer, heard);
        }

        @Override
        public void onWithdrawn(final String pair, final String peer, final CommandListener heard) {
            delete(true, heard);
        }

        /** In good order; goes on with the cycles that follow. */
        public void stop() {
            stopping = true;
            hba.stop();
        }

        /** The process is gone. */
        public void kill() {
            data.loseAsker();
            metadata.loseAsker();
            die();
        }

        /** The host is gone, and with it what its disks had not made stable. */
        public void losePower() {
            data.losePower(random);
            metadata.losePower(random);
            life++;
            ledger.lostPower(bit());
            die();
        }

        private void die() {
            cut();
            hba = null;
            asked.clear();
            clients = false;
            stopping = false;
            links[index].listener(NOBODY);
            links[index].doWork(nowNs);
        }

        public void attachClients() {
            if (!clients && serves()) {
                clients = true;
                volume().onClientAttached();
            }
        }

        public void detachClients() {
            until("client requests end", asked::isEmpty);
            if (clients) {
                clients = false;
                volume().onClientGone();
            }
        }

        /** They are gone for a while; what they asked goes on. */
        public void letClientsGo() {
            clientsLeaveAt = cycles + 200;
            if (clients) {
                clients = false;
                volume().onClientGone();
            }
        }

        public boolean hasClients() {
            return clients;
        }

        public int outstanding() {
            return asked.size();
        }

        private byte[] image() {
            final byte[] bytes = new byte[(int) data.size()];
            data.content(0, new UnsafeBuffer(imageMemory, 0, bytes.length));
            new UnsafeBuffer(imageMemory, 0, bytes.length).getBytes(0, bytes);
            return bytes;
        }
    }

    /** What a client asked, and what had happened by then. */
    private record Op(
        int slot, Write write, List<Write> covers, long[] lives, boolean durable, int from, int to, long answers) {
    }

    public final Node[] nodes = new Node[2];
    public final Ledger ledger;
    public final Random random;
    public final List<PairEvent> events = new ArrayList<>();
    public final long size;
    private final int activeRegions;
    private final LoopbackLink[] links = LoopbackLink.pair(LoopbackLink.Wire.LARGE_FRAMES);
    private final UnsafeBuffer imageMemory;
    private final long seed;
    /** Of resync, from the next start of a node on. */
    public Pacing pacing = Pacing.UNLIMITED;
    /** How often a person had to name the side to keep. */
    public int choices;
    private long nowNs = TimeUnit.HOURS.toNanos(1);
    private long cycleNs = CYCLE_NS;
    private long tags;
    private long cycles;
    private long cutAt = Long.MAX_VALUE;
    private Runnable everyCycle = () -> { };
    private long answers;
    public long acknowledged;
    public long errors;
    private boolean linked;
    private final PairState[] lastState = new PairState[2];
    /** By side: it took a change that the other one may not have, since both were last in step. */
    private final boolean[] wentAlone = new boolean[2];
    private final long[] livesInStep = {1, 1};

    /** Nothing was ever recorded; the target's disk, as any disk that was not made for this, holds something else. */
    public static Image[] blank(final long deviceSize) {
        final int metadata = (int) new MetadataLayout(deviceSize, TRACK).length();
        return new Image[] {new Image(new byte[(int) deviceSize], new byte[metadata]),
            new Image(used((int) deviceSize), new byte[metadata])};
    }

    /** What no client wrote. */
    private static byte[] used(final int size) {
        final ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            final long sector = bytes.position() / Ledger.SECTOR;
            bytes.putLong(-1).putLong(Long.reverseBytes(sector));
        }
        return bytes.array();
    }

    public LifeRig(final long seed, final long size, final int activeRegions, final Image[] images) {
        this.seed = seed;
        this.size = size;
        this.activeRegions = activeRegions;
        random = new Random(seed);
        ledger = new Ledger((int) (images[0].data.length / Ledger.SECTOR));
        imageMemory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(images[0].data.length, 4096));
        for (int i = 0; i < 2; i++) {
            nodes[i] = new Node(i, images[i]);
            nodes[i].boot();
        }
        link(true);
    }

    public Node origin() {
        return nodes[ORIGIN];
    }

    public Node target() {
        return nodes[TARGET];
    }

    /** Both images as they are, after a stop in good order. */
    public Image[] stopped() {
        for (final Node node : nodes) {
            node.detachClients();
        }
        origin().stop();
        until("the origin stops", () -> origin().hba.isStopped());
        target().stop();
        until("the target stops", () -> target().hba.isStopped());
        return new Image[] {new Image(origin().data.stable(), origin().metadata.stable()),
            new Image(target().data.stable(), target().metadata.stable())};
    }

    // -- time

    /** Throws {@link Cut} at the end of this cycle, counted from the start. */
    public void cutAt(final long cycle) {
        cutAt = cycle;
    }

    public void everyCycle(final Runnable look) {
        everyCycle = look;
    }

    public long cycles() {
        return cycles;
    }

    public void patient(final boolean on) {
        cycleNs = on ? PATIENT_CYCLE_NS : CYCLE_NS;
    }

    public void cycle() {
        nowNs += cycleNs;
        for (final Node node : nodes) {
            if (node.isUp()) {
                node.hba.doWork(nowNs);
            }
        }
        observe();
        cycles++;
        everyCycle.run();
        if (cycles == cutAt) {
            cutAt = Long.MAX_VALUE;
            throw new Cut();
        }
    }

    public void cycles(final int count) {
        for (int i = 0; i < count; i++) {
            cycle();
        }
    }

    public void until(final String what, final BooleanSupplier condition) {
        until(what, condition, 60_000);
    }

    public void until(final String what, final BooleanSupplier condition, final int most) {
        for (int i = 0; i < most; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            cycle();
        }
        throw new AssertionError("never happened: " + what + "; " + describe());
    }

    public String describe() {
        final StringBuilder text = new StringBuilder("seed " + seed + ", cycle " + cycles + ", link " + linked);
        for (final Node node : nodes) {
            text.append("\n  node ").append(node.index).append(": ")
                .append(node.hasPair() ? node.status() : node.isUp() ? "no pair" : "down")
                .append(", waiting ").append(node.asked.size());
        }
        return text.toString();
    }

    private void observe() {
        for (final Node node : nodes) {
            final PairState state = node.hasPair() ? node.pair().state() : null;
            if (state == PairState.UP_TO_DATE && node.pair().role() == Role.PRIMARY && lastState[node.index] != state
                && nodes[1 - node.index].hasPair() && node.status().side() == SideState.UP_TO_DATE) {
                ledger.inStep(Ledger.BOTH);
                wentAlone[0] = false;
                wentAlone[1] = false;
                livesInStep[0] = nodes[0].life;
                livesInStep[1] = nodes[1].life;
            }
            if (state == PairState.DELTA_SYNC || state == PairState.FULL_SYNC) {
                ledger.mayBeOnBoth();
            }
            wentAlone[node.index] |= state == PairState.SEVERED && node.pair().role() == Role.PRIMARY;
            if (state == PairState.DIVERGED && lastState[node.index] != state) {
                assertTrue(hasItsOwn(0) && hasItsOwn(1), () -> "diverged, but one side has nothing of its own: "
                    + describe());
            }
            lastState[node.index] = state;
        }
    }

    private boolean hasItsOwn(final int side) {
        // Or the other one was promoted by force without what it had lost with its caches: nobody can know what that
        // was.
        // A primary whose clients are attached may have answered something that is on its way.
        return wentAlone[side] || nodes[side].clients || nodes[1 - side].life != livesInStep[1 - side];
    }

    // -- the link

    public void link(final boolean on) {
        linked = on;
        links[0].connect(on);
    }

    public void cut() {
        link(false);
    }

    public boolean isLinked() {
        return linked;
    }

    /** One disk may fail now, and nothing is lost. */
    public boolean isWhole() {
        return mayFail() && !nodes[0].data.isFailing() && !nodes[1].data.isFailing();
    }

    private boolean mayFail() {
        final Node primary = primary();
        return primary != null && nodes[1 - primary.index].hasPair() && primary.pair().state() == PairState.UP_TO_DATE
            && primary.status().side() == SideState.UP_TO_DATE
            && nodes[1 - primary.index].status().side() == SideState.UP_TO_DATE;
    }

    /** Frames and replies are lost and damaged now and then. */
    public void linkFaults(final boolean on) {
        for (final LoopbackLink link : links) {
            link.dropFrames(on ? frame -> random.nextInt(60) == 0 : null);
            link.dropReplies(on ? frame -> random.nextInt(60) == 0 : null);
        }
    }

    public LoopbackLink link(final int index) {
        return links[index];
    }

    // -- clients

    private int holdersNow(final Node node) {
        final PairStatus status = node.status();
        if (status.state() != PairState.UP_TO_DATE) {
            return node.bit();
        }
        return status.side() == SideState.FAILED ? nodes[1 - node.index].bit() : Ledger.BOTH;
    }

    private long[] lives() {
        return new long[] {nodes[0].life, nodes[1].life};
    }

    private int unbroken(final long[] lives) {
        return (lives[0] == nodes[0].life ? 1 : 0) | (lives[1] == nodes[1].life ? 2 : 0);
    }

    public long volumeSectors(final Node node) {
        return node.volume().size() / Ledger.SECTOR;
    }

    /** A write of a client, or a zeroing, somewhere. */
    public void write(final Node node) {
        final int last = (int) volumeSectors(node);
        final int track = TRACK / Ledger.SECTOR;
        // Few places, so that writes meet.
        final int from = random.nextInt(8) * (last / 8 / track) * track + random.nextInt(track);
        final int to = Math.min(last, from + 1 + random.nextInt(2 * track));
        write(node, from, to, random.nextInt(10) == 0, random.nextInt(8) == 0);
    }

    public void write(final Node node, final int from, final int to, final boolean zero, final boolean durable) {
        final int slot = node.slots.claim();
        if (slot < 0) {
            return;
        }
        final boolean alone = node.status().state() == PairState.SEVERED;
        final Write write = ledger.begin(from, to, zero, alone ? node.bit() : Ledger.BOTH);
        final long tag = ++tags;
        node.asked.put(tag, new Op(slot, write, null, lives(), durable, from, to, answers));
        final int length = (to - from) * Ledger.SECTOR;
        Ledger.fill(write, new UnsafeBuffer(node.slots.address(slot), length));
        final Hba process = node.hba;
        final boolean taken = zero
            ? node.volume().zero((long) from * Ledger.SECTOR, length, true, durable,
                (t, status) -> onComplete(node, process, t, status), tag)
            : node.volume().write(node.slots.address(slot), length, (long) from * Ledger.SECTOR, durable,
                (t, status) -> onComplete(node, process, t, status), tag);
        if (!taken) {
            node.asked.remove(tag);
            node.slots.release(slot);
        }
    }

    public void flush(final Node node) {
        final long tag = ++tags;
        final Hba process = node.hba;
        node.asked.put(tag, new Op(-1, null, ledger.acknowledgedNow(), lives(), true, 0, 0, answers));
        if (!node.volume().flush((t, status) -> onComplete(node, process, t, status), tag)) {
            node.asked.remove(tag);
        }
    }

    /** Reads some sectors, and holds that they are none that a client may not see any more. */
    public void read(final Node node) {
        final int slot = node.slots.claim();
        if (slot < 0) {
            return;
        }
        final int from = random.nextInt((int) volumeSectors(node) - 16);
        final int to = from + 1 + random.nextInt(16);
        final long tag = ++tags;
        final Hba process = node.hba;
        final Op op = new Op(slot, null, null, lives(), false, from, to, answers);
        node.asked.put(tag, op);
        if (!node.volume().read(node.slots.address(slot), (to - from) * Ledger.SECTOR, (long) from * Ledger.SECTOR,
            (t, status) -> onComplete(node, process, t, status), tag)) {
            node.asked.remove(tag);
            node.slots.release(slot);
        }
    }

    private void onComplete(final Node node, final Hba process, final long tag, final Status status) {
        final Op op = node.hba == process ? node.asked.remove(tag) : null;
        if (op == null) {
            return;
        }
        answers += op.write != null ? 1 : 0;
        if (status == Status.OK) {
            onDone(node, op);
        } else {
            errors++;
        }
        if (op.slot >= 0) {
            node.slots.release(op.slot);
        }
    }

    private void onDone(final Node node, final Op op) {
        final int holders = holdersNow(node) & unbroken(op.lives);
        if (op.write != null) {
            acknowledged++;
            ledger.acknowledged(op.write, holders, op.durable);
        } else if (op.covers != null) {
            ledger.flushed(op.covers, holders);
        } else if (op.answers == answers) {
            // No write was answered meanwhile, so this must be what was answered last.
            ledger.check(new UnsafeBuffer(node.slots.address(op.slot), (op.to - op.from) * Ledger.SECTOR), op.from,
                holdersNow(node), () -> "read by a client; " + describe());
        }
    }

    /** One cycle, with something for the clients of this node to do. */
    public void busyCycle(final Node node) {
        ask(node);
        cycle();
    }

    private void ask(final Node node) {
        if (node.clientsLeaveAt > cycles) {
            return;
        }
        if (node.isUp() && node.serves()) {
            node.attachClients();
            if (node.asked.size() < 4 && random.nextInt(3) == 0) {
                final int dice = random.nextInt(10);
                if (dice == 0) {
                    flush(node);
                } else if (dice < 3) {
                    read(node);
                } else {
                    write(node);
                }
            }
        }
    }

    /** As {@link #busyCycle(Node)}, for both nodes. */
    public void busyCycle() {
        for (final Node node : nodes) {
            if (node.stopping && node.hba.isStopped()) {
                node.kill();
            }
        }
        if (!mayFail()) {
            nodes[0].data.failWrites(Status.OK);
            nodes[1].data.failWrites(Status.OK);
        }
        ask(nodes[0]);
        busyCycle(nodes[1]);
    }

    public void busyCycles(final Node node, final int count) {
        for (int i = 0; i < count; i++) {
            busyCycle(node);
        }
    }

    public void busyUntil(final Node node, final String what, final BooleanSupplier condition) {
        for (int i = 0; i < 60_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            busyCycle(node);
        }
        throw new AssertionError("never happened: " + what + "; " + describe());
    }

    // -- commands

    private static final class Result implements CommandListener {
        private CommandResult value;

        @Override
        public void onResult(final CommandResult result) {
            value = result;
        }
    }

    /** Clients of a node go on while it is carried out. @param busy may be null. */
    public CommandResult command(
        final Node node, final Node busy, final BiConsumer<PairCommands, CommandListener> give) {
        final Result result = new Result();
        give.accept(node.pair().commands(), result);
        for (int i = 0; result.value == null; i++) {
            assertTrue(i < 60_000, () -> "a command never ended: " + describe());
            if (busy != null) {
                busyCycle(busy);
            } else {
                cycle();
            }
        }
        return result.value;
    }

    public CommandResult command(final Node node, final BiConsumer<PairCommands, CommandListener> give) {
        return command(node, null, give);
    }

    public void done(final Node node, final BiConsumer<PairCommands, CommandListener> give) {
        final CommandResult result = command(node, give);
        assertTrue(result.done(), () -> result + "; " + describe());
    }

    // -- after the storm

    public Node primary() {
        for (final Node node : nodes) {
            if (node.hasPair() && node.pair().role() == Role.PRIMARY) {
                return node;
            }
        }
        return null;
    }

    public boolean isInStep() {
        final Node primary = primary();
        return primary != null && primary.pair().state() == PairState.UP_TO_DATE && primary.asked.isEmpty()
            && primary.status().side() == SideState.UP_TO_DATE && nodes[1 - primary.index].hasPair()
            && nodes[1 - primary.index].pair().role() == Role.REDUNDANT
            && nodes[1 - primary.index].pair().state() == PairState.UP_TO_DATE;
    }

    /**
     * Power and link are there again; gives the commands that a person would give, until both sides are in step.
     *
     * @param keep whose data are kept when both went on alone.
     */
    public void heal(final int keep) {
        comeBack();
        for (int i = 0; i < 12 && !isInStep(); i++) {
            for (int j = 0; j < 2500 && !isInStep(); j++) {
                cycle();
            }
            if (!isInStep()) {
                help(keep);
            }
        }
        assertTrue(isInStep(), () -> "it does not heal: " + describe());
        patient(false);
    }

    /** Power, disks and link are there again, and nobody has done anything else. */
    public void comeBack() {
        cutAt = Long.MAX_VALUE;
        patient(true);
        for (final Node node : nodes) {
            node.data.failWrites(Status.OK);
            node.data.failReads(-1, -1);
            if (node.stopping) {
                until("node " + node.index + " stops", node.hba::isStopped);
                node.kill();
            }
            if (!node.isUp()) {
                node.boot();
            }
        }
        link(true);
    }

    private void help(final int keep) {
        for (final Node node : nodes) {
            if (node.hasForeignDisk()) {
                node.acceptDisk();
                return;
            }
        }
        final Node primary = primary();
        if (primary == null) {
            promoteAny(keep);
            return;
        }
        final Node other = nodes[1 - primary.index];
        for (final Node node : nodes) {
            if (node.status().state() == PairState.DIVERGED) {
                giveUpOne(node, keep);
                return;
            }
        }
        for (final Node node : nodes) {
            if (node.status().side() == SideState.FAILED) {
                node.replaceDisk();
                node.boot();
                link(true);
                node.acceptDisk();
                return;
            }
        }
        if (primary.status().severedBy() != SeveredBy.NONE) {
            command(primary, (pair, result) -> pair.reestablish(Keep.NONE, result));
        } else if (primary.hasClients() || other.hasClients()) {
            primary.detachClients();
            other.detachClients();
        }
    }

    /** Nobody is primary: the side that its last primary released, or by force the one that a person thinks best. */
    private void promoteAny(final int keep) {
        for (final boolean force : new boolean[] {false, true}) {
            for (final int index : new int[] {keep, 1 - keep}) {
                if (command(nodes[index], (pair, result) -> pair.promote(force, result)).done()) {
                    if (force) {
                        ledger.leftBehind(nodes[1 - index].bit());
                    }
                    return;
                }
            }
        }
    }

    private void giveUpOne(final Node seenBy, final int keep) {
        final Node lost = nodes[1 - keep];
        choices++;
        lost.detachClients();
        final CommandResult result = command(seenBy,
            (pair, listener) -> pair.reestablish(seenBy.index == keep ? Keep.LOCAL : Keep.PEER, listener));
        if (result.done()) {
            ledger.givenUp(lost.bit());
        }
    }

    /** This side's disk holds what clients were told, as far as it is this side that has it. */
    public void checkSide(final Node node, final String what) {
        final byte[] image = node.image();
        ledger.check(new UnsafeBuffer(image, 0, (int) Math.min(size, image.length)), 0, node.bit(),
            () -> what + ", side " + node.index + "; " + describe());
    }

    /** In step: both images are equal, and hold what they must. */
    public void check(final String what) {
        assertTrue(isInStep(), this::describe);
        final byte[] first = nodes[0].image();
        final int length = (int) primary().volume().size();
        final byte[] second = nodes[1].image();
        for (int i = 0; i < length; i += Ledger.SECTOR) {
            final int at = i;
            if (!java.util.Arrays.equals(first, i, i + Ledger.SECTOR, second, i, i + Ledger.SECTOR)) {
                throw new AssertionError(what + ": UpToDate, but sector " + at / Ledger.SECTOR + " has "
                    + new UnsafeBuffer(first).getLong(at) + " and " + new UnsafeBuffer(second).getLong(at) + "; "
                    + describe());
            }
        }
        final UnsafeBuffer bytes = new UnsafeBuffer(second, 0, length);
        ledger.check(bytes, 0, Ledger.BOTH, () -> what + "; " + describe());
        ledger.settle(bytes);
    }
}
