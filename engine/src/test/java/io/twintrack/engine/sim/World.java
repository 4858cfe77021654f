package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SideState;
import java.util.List;
import java.util.Random;

/** Two nodes, their wire, their clients and the time: carries out a plan and lets the {@link Oracles} look. */
final class World {
    static final long REPLY_TIMEOUT_NS = 50 * SimClock.MILLI;
    static final int TRIES = 5;
    static final int REGION = 4 << 20;
    /** Somewhat more than two regions: three, and two of them at most are active. */
    static final int SIZE = 2 * REGION + 256 * 1024;
    /** What its disk has where volumes are resized, and the least that they shrink to: clients' spots lie below. */
    private static final int ROOM = 2 * REGION + 512 * 1024;
    static final int LEAST = 2 * REGION + 108 * 1024;
    private static final int SIZE_UNIT = 4096;
    private static final int SPOT = 96 * 1024 / Stamp.SECTOR;
    private static final int[] APART = {0, REGION / Stamp.SECTOR + 40, 2 * REGION / Stamp.SECTOR + 17};
    private static final int[] ACROSS = {0, REGION / Stamp.SECTOR - SPOT / 2, 2 * REGION / Stamp.SECTOR - 9};
    private static final long IDLE_NS = 5 * SimClock.MILLI;
    private static final long BUSY_NS = 40 * SimClock.MICRO;
    /** Neighbouring seeds make a Random draw alike at first. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    static final long HANG_NS = 30 * SimClock.SECOND;

    final SimClock clock = new SimClock();
    final EventLog log;
    final SimWire wire;
    final History history = new History(SIZE / Stamp.SECTOR);
    final HeldWrites heldWrites = new HeldWrites(history, clock);
    final Planted planted;
    final SimNode[] nodes = new SimNode[2];
    final SimClient[] clients = new SimClient[2];
    final Oracles oracles;
    final Rot rot = new Rot(this);
    final Sizes sizes = new Sizes(this);
    final Causes causes = new Causes(this);
    final Coverage coverage;
    /** A request may touch two regions only where four can be active. */
    final int activeRegions;
    final boolean isMaintained;
    final boolean hasMoreFaults;
    private final long seed;
    final Mode mode;
    private final int[] spots;
    private final Random random;
    private final Commands commands = new Commands(this);

    World(final long seed, final Planted planted, final Coverage coverage, final boolean inWords) {
        this.planted = planted;
        this.seed = seed;
        hasMoreFaults = FaultPlan.hasMoreFaults(seed);
        isMaintained = FaultPlan.hasMaintenance(seed);
        mode = FaultPlan.mode(seed);
        this.coverage = coverage;
        log = new EventLog(clock, inWords);
        random = new Random(seed * 31 + 7);
        wire = new SimWire(random.nextInt(3) > 0, clock, new Random(random.nextLong()), log);
        activeRegions = random.nextBoolean() ? 2 : 4;
        spots = activeRegions == 2 ? APART : ACROSS;
        for (int i = 0; i < 2; i++) {
            nodes[i] = new SimNode(i, isMaintained ? ROOM : SIZE, this, new Random(random.nextLong()));
            wire.forgers[i] = planted.forger();
            clients[i] = new SimClient(nodes[i], this);
        }
        oracles = new Oracles(this);
        for (final SimNode node : nodes) {
            node.data.watch(oracles.watch(node));
        }
        if (random.nextInt(3) == 0) {
            litter();
        }
        litterRoom();
    }

    /** What a volume grows into was used before, on both sides: it is equal only when it was copied. */
    private void litterRoom() {
        for (final SimNode node : nodes) {
            final byte[] junk = new byte[(int) node.data.size() - SIZE];
            random.nextBytes(junk);
            node.data.fill(SIZE, junk);
        }
    }

    /** @return a size that a volume may get. */
    static long sizeOf(final long value) {
        return LEAST + value % ((ROOM - LEAST) / SIZE_UNIT + 1) * SIZE_UNIT;
    }

    /** The second node's disk was used before. */
    private void litter() {
        final byte[] junk = new byte[SPOT * Stamp.SECTOR];
        random.nextBytes(junk);
        for (final int spot : spots) {
            nodes[1].data.fill(spot * Stamp.SECTOR, junk);
        }
    }

    int hotSector(final Random draw) {
        final int spot = spots[draw.nextInt(spots.length)];
        return spot + (draw.nextInt(4) == 0 ? draw.nextInt(SPOT) : draw.nextInt(3) * 24 + draw.nextInt(8));
    }

    /** @return where the spot of clients that holds this sector ends, or 0. */
    int endOfSpots(final int sector) {
        for (final int spot : spots) {
            if (sector >= spot && sector < spot + SPOT) {
                return spot + SPOT;
            }
        }
        return 0;
    }

    int endOfSpot(final int sector) {
        for (final int spot : spots) {
            if (sector >= spot && sector < spot + SPOT) {
                return spot + SPOT;
            }
        }
        throw new IllegalArgumentException("sector " + sector);
    }

    /** @param steps after which everything is mended and must come to rest. */
    void run(final List<Step> steps) {
        try {
            for (final SimNode node : nodes) {
                node.start();
            }
            if (random.nextInt(4) > 0) {
                oracles.untilInStep(this::settle);
            }
            for (final Step step : steps) {
                pass(step.pauseNs());
                apply(step);
                oracles.look();
            }
            new Healing(this, random, new Random(seed * SPREAD)).heal();
        } catch (final Broken broken) {
            throw broken;
        } catch (final RuntimeException | AssertionError bug) {
            throw new Broken(Guarantee.NO_FAULT_OF_ITS_OWN, bug);
        }
    }

    private void settle() {
        cycle();
    }

    void pass(final long ns) {
        final long endNs = clock.nowNs() + ns;
        do {
            cycle();
        } while (clock.nowNs() < endNs);
    }

    /** One duty cycle of both nodes. While nothing happens, the time goes on to what happens next. */
    void cycle() {
        wire.tick();
        int work = 0;
        for (final SimNode node : nodes) {
            work += node.doWork();
        }
        oracles.afterCycle();
        causes.afterCycle(inStepPrimary());
        sizes.afterCycle();
        final long idleNs = Math.min(nextDueNs() - clock.nowNs(), IDLE_NS);
        clock.advance(work > 0 ? BUSY_NS : Math.max(SimClock.MICRO, idleNs));
        checkHangs();
    }

    private long nextDueNs() {
        long due = wire.nextDueNs();
        for (final SimNode node : nodes) {
            due = Math.min(due, Math.min(node.data.nextDueNs(), node.metadata.nextDueNs()));
        }
        return due;
    }

    private void checkHangs() {
        for (int i = 0; i < 2; i++) {
            if (clients[i].oldestNs() < clock.nowNs() - HANG_NS) {
                throw new Broken(Guarantee.NO_HANG, "node " + i + " does not answer: " + clients[i].oldest() + "; "
                    + oracles.describe());
            }
        }
        commands.checkHangs();
    }

    void onStarted(final SimNode node) {
        log.say("node " + node.index + " runs: " + node.known.role + ' ' + node.known.sideState + " crashed "
            + node.known.serving + " severed by " + node.known.severedBy);
        oracles.onStarted(node);
        causes.onStarted(node);
    }

    void onEnded(final SimNode node) {
        log.say("node " + node.index + " is gone");
        clients[node.index].onNodeEnded();
        heldWrites.ended(node.index);
        commands.onEnded(node);
        oracles.onEnded(node);
        causes.onEnded(node);
    }

    void onAcked(final int side, final long number, final int from, final int to, final boolean durable) {
        history.acked(side, number, from, to, durable);
        oracles.onAcked(side, number, from, to);
    }

    /** Does what fits now. */
    void apply(final Step step) {
        final SimNode node = nodes[step.node()];
        final SimClient client = clients[step.node()].isAttached() ? clients[step.node()] : clients[1 - step.node()];
        final boolean done = switch (step.kind()) {
            case WRITE -> load(client, () -> client.write(step.value(), false));
            case WRITE_DURABLE -> load(client, () -> client.write(step.value(), true));
            case READ -> load(client, () -> client.read(step.value()));
            case FLUSH -> load(client, client::flush);
            case TRIM -> load(client, () -> client.zero(step.value(), true));
            case ZERO -> load(client, () -> client.zero(step.value(), false));
            case ATTACH -> attach();
            case DETACH -> detach();
            case PAUSE -> true;
            default -> new Faults(this).apply(step, node);
        };
        if (done) {
            coverage.happened(step.kind());
            log.say(step.toString());
        }
    }

    private static boolean load(final SimClient client, final Runnable what) {
        if (client.isAttached()) {
            what.run();
        }
        return client.isAttached();
    }

    private boolean attach() {
        clients[0].attach();
        clients[1].attach();
        return clients[0].isAttached() || clients[1].isAttached();
    }

    boolean detach() {
        clients[0].detach();
        clients[1].detach();
        return !clients[0].isAttached() && !clients[1].isAttached();
    }

    /** Both sides are in step, by what the primary says. @return its index, or -1. */
    int inStepPrimary() {
        for (int i = 0; i < 2; i++) {
            if (nodes[i].isRunning() && nodes[1 - i].isRunning() && nodes[i].pair().role() == Role.PRIMARY
                && nodes[i].pair().state() == PairState.UP_TO_DATE
                && nodes[1 - i].pair().state() == PairState.UP_TO_DATE
                && nodes[i].store().superblock().sideState == SideState.UP_TO_DATE
                && nodes[i].store().superblock().peerSideState == SideState.UP_TO_DATE) {
                return i;
            }
        }
        return -1;
    }

    /** They would come together by their marks, so these have to name every place where the two differ. */
    boolean isMetByMarks() {
        return !nodes[0].isForeign() && !nodes[1].isForeign() && Descent.isCounted(nodes[0].known, nodes[1].known);
    }

    /** A person gives a command. */
    void command(final SimNode node, final Step.Kind kind) {
        commands.give(node, kind, 0);
    }

    /** @param value what the kind makes of it. */
    void command(final SimNode node, final Step.Kind kind, final long value) {
        commands.give(node, kind, value);
    }

    /** The person who gives it waits for the answer. */
    boolean isCommandPending(final SimNode node) {
        return commands.isPending(node);
    }
}
