package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.resync.Pacing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Two nodes with one pair, on disks that forget what was not flushed when they lose power, with clients whose every
 * acknowledgement is kept in a {@link Ledger}. All that happens follows from one seed. Only one rig lives at a time:
 * they share their memory.
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
    public final LifeNode[] nodes = new LifeNode[2];
    public final Ledger ledger;
    public final Random random;
    public final LifeClients clients = new LifeClients(this);
    public final LifeHealing healing = new LifeHealing(this);
    public final List<PairEvent> events = new ArrayList<>();
    public final long size;
    final int activeRegions;
    private final LoopbackLink[] links = LoopbackLink.pair(LoopbackLink.Wire.LARGE_FRAMES);
    final UnsafeBuffer imageMemory;
    private final long seed;
    /** Of resync, from the next start of a node on. */
    public Pacing pacing = Pacing.UNLIMITED;
    private long nowNs = TimeUnit.HOURS.toNanos(1);
    private long cycleNs = CYCLE_NS;
    private long cycles;
    private long cutAt = Long.MAX_VALUE;
    private Runnable everyCycle = () -> { };
    private boolean linked;
    private final PairState[] lastState = new PairState[2];
    /** By side: it took a change that the other one may not have, since both were last in step. */
    private final boolean[] wentAlone = new boolean[2];
    private final long[] livesInStep = {1, 1};

    public LifeRig(final long seed, final long size, final int activeRegions, final LifeImage[] images) {
        this.seed = seed;
        this.size = size;
        this.activeRegions = activeRegions;
        random = new Random(seed);
        ledger = new Ledger((int) (images[0].data().length / Ledger.SECTOR));
        imageMemory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(images[0].data().length, 4096));
        for (int i = 0; i < 2; i++) {
            nodes[i] = new LifeNode(this, i, images[i]);
            nodes[i].boot();
        }
        link(true);
    }

    public LifeNode origin() {
        return nodes[ORIGIN];
    }

    public LifeNode target() {
        return nodes[TARGET];
    }

    /** Both images as they are, after a stop in good order. */
    public LifeImage[] stopped() {
        for (final LifeNode node : nodes) {
            node.detachClients();
        }
        origin().stop();
        until("the origin stops", () -> origin().hba.isStopped());
        target().stop();
        until("the target stops", () -> target().hba.isStopped());
        return new LifeImage[] {new LifeImage(origin().data.stable(), origin().metadata.stable()),
            new LifeImage(target().data.stable(), target().metadata.stable())};
    }

    // -- time

    /** Throws {@link Cut} at the end of this cycle, counted from the start. */
    public void cutAt(final long cycle) {
        cutAt = cycle;
    }

    public void everyCycle(final Runnable look) {
        everyCycle = look;
    }

    long nowNs() {
        return nowNs;
    }

    public long cycles() {
        return cycles;
    }

    public void patient(final boolean on) {
        cycleNs = on ? PATIENT_CYCLE_NS : CYCLE_NS;
    }

    public void cycle() {
        nowNs += cycleNs;
        for (final LifeNode node : nodes) {
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
        for (final LifeNode node : nodes) {
            text.append("\n  node ").append(node.index).append(": ")
                .append(node.hasPair() ? node.status() : node.isUp() ? "no pair" : "down")
                .append(", waiting ").append(node.asked.size());
        }
        return text.toString();
    }

    private void observe() {
        for (final LifeNode node : nodes) {
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

    boolean mayFail() {
        final LifeNode primary = primary();
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
        final LifeNode node, final LifeNode busy, final BiConsumer<PairCommands, CommandListener> give) {
        final Result result = new Result();
        give.accept(node.pair().commands(), result);
        for (int i = 0; result.value == null; i++) {
            assertTrue(i < 60_000, () -> "a command never ended: " + describe());
            if (busy != null) {
                clients.busyCycle(busy);
            } else {
                cycle();
            }
        }
        return result.value;
    }

    public CommandResult command(final LifeNode node, final BiConsumer<PairCommands, CommandListener> give) {
        return command(node, null, give);
    }

    public void done(final LifeNode node, final BiConsumer<PairCommands, CommandListener> give) {
        final CommandResult result = command(node, give);
        assertTrue(result.done(), () -> result + "; " + describe());
    }

    public LifeNode primary() {
        for (final LifeNode node : nodes) {
            if (node.hasPair() && node.pair().role() == Role.PRIMARY) {
                return node;
            }
        }
        return null;
    }

    public boolean isInStep() {
        final LifeNode primary = primary();
        return primary != null && primary.pair().state() == PairState.UP_TO_DATE && primary.asked.isEmpty()
            && primary.status().side() == SideState.UP_TO_DATE && nodes[1 - primary.index].hasPair()
            && nodes[1 - primary.index].pair().role() == Role.REDUNDANT
            && nodes[1 - primary.index].pair().state() == PairState.UP_TO_DATE;
    }

    /** This side's disk holds what clients were told, as far as it is this side that has it. */
    public void checkSide(final LifeNode node, final String what) {
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
