package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.Ledger;
import io.twintrack.engine.rig.LifeRig;
import io.twintrack.engine.rig.LifeRig.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Power is lost at the origin, the target or both after each step of each transition, with disks that forget what was
 * not
 * flushed. Each transition runs once undisturbed, and the cycles are noted in which a metadata disk took a write or any
 * disk a flush; then once for each of them. Afterwards the pair heals, and holds what a {@link Ledger} says it must.
 */
class PowerLossTest {
    private static final long DEVICE = 128 << 10;
    private static final long SIZE = 64 << 10;

    /** Which transition clients see while power goes. */
    enum Transition {
        SEVERED_BY_COMMAND(rig -> {
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.sever(result));
            rig.busyCycles(rig.origin(), 30);
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
            upToDate(rig, rig.origin());
        }),
        LEFT_BEHIND_AFTER_ALL_TRIES(rig -> {
            rig.cut();
            rig.busyUntil(rig.origin(), "severed", () -> rig.origin().pair().state() == PairState.SEVERED);
            rig.busyCycles(rig.origin(), 30);
            rig.link(true);
            upToDate(rig, rig.origin());
        }),
        LEFT_BEHIND_WITH_A_FAILED_DISK(rig -> {
            rig.target().data.failWrites(Status.IO_ERROR);
            rig.busyUntil(rig.origin(), "severed", () -> rig.origin().pair().state() == PairState.SEVERED);
            rig.busyCycles(rig.origin(), 30);
            rig.target().data.failWrites(Status.OK);
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
            upToDate(rig, rig.origin());
        }),
        ROLES_CHANGE_IN_GOOD_ORDER(rig -> {
            rig.origin().detachClients();
            rig.done(rig.origin(), (pair, result) -> pair.demote(result));
            rig.done(rig.target(), (pair, result) -> pair.promote(false, result));
            upToDate(rig, rig.target());
        }),
        PROMOTED_BY_FORCE(rig -> {
            rig.origin().kill();
            rig.cycles(3);
            rig.done(rig.target(), (pair, result) -> pair.promote(true, result));
            rig.busyCycles(rig.target(), 30);
            rig.origin().boot();
            rig.link(true);
            upToDate(rig, rig.target());
        }),
        GROWN_AND_SHRUNK(rig -> {
            assertTrue(rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.resize(DEVICE, result)).done());
            rig.busyCycles(rig.origin(), 30);
            upToDate(rig, rig.origin());
            rig.ledger.truncate((int) (SIZE / Ledger.SECTOR));
            assertTrue(rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.resize(SIZE, result)).done());
            rig.busyCycles(rig.origin(), 30);
        }),
        ORIGIN_STOPS_AND_STARTS(rig -> {
            rig.origin().detachClients();
            rig.origin().stop();
            rig.until("stopped", rig.origin().hba::isStopped);
            rig.origin().kill();
            rig.cycles(5);
            rig.origin().boot();
            rig.link(true);
            upToDate(rig, rig.origin());
        }),
        STOPS_WHILE_SEVERED(rig -> {
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.sever(result));
            rig.busyCycles(rig.origin(), 30);
            rig.origin().detachClients();
            rig.origin().stop();
            rig.until("stopped", rig.origin().hba::isStopped);
            rig.origin().kill();
            rig.cycles(5);
            rig.origin().boot();
            rig.link(true);
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
            upToDate(rig, rig.origin());
        }),
        ORIGIN_KILLED(rig -> {
            rig.origin().kill();
            rig.cycles(5);
            rig.origin().boot();
            rig.link(true);
            upToDate(rig, rig.origin());
        }),
        ORIGIN_LOSES_POWER(rig -> {
            rig.origin().losePower();
            rig.cycles(5);
            rig.origin().boot();
            rig.link(true);
            upToDate(rig, rig.origin());
        }),
        TARGET_LOSES_POWER(rig -> {
            rig.target().losePower();
            rig.busyCycles(rig.origin(), 50);
            rig.target().boot();
            rig.link(true);
            upToDate(rig, rig.origin());
        });

        private final Consumer<LifeRig> steps;

        Transition(final Consumer<LifeRig> steps) {
            this.steps = steps;
        }
    }

    private static final LifeRig.Image[] IN_STEP = inStep();

    private static LifeRig.Image[] inStep() {
        final LifeRig rig = new LifeRig(1, SIZE, 4, LifeRig.blank(DEVICE));
        rig.until("both are up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
        return rig.stopped();
    }

    private static void upToDate(final LifeRig rig, final Node primary) {
        // Refused attempts are repeated once a second.
        for (int i = 0; i < 3000 && primary.pair().state() != PairState.UP_TO_DATE; i++) {
            rig.patient(i > 300);
            rig.busyCycle(primary);
        }
        rig.patient(false);
        assertEquals(PairState.UP_TO_DATE, primary.pair().state(), rig::describe);
        rig.busyCycles(primary, 10);
    }

    private static void begin(final LifeRig rig) {
        rig.busyUntil(rig.origin(), "up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
        rig.busyCycles(rig.origin(), 40);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtAnyStep(final Transition transition) {
        final long seed = Long.getLong("twintrack.seed", 11);
        final List<Long> steps = steps(seed, transition);
        int runs = 0;
        // Which side loses power changes from step to step; -Dtwintrack.thorough=true tries each side after each step.
        final boolean thorough = Boolean.getBoolean("twintrack.thorough");
        for (final long step : steps) {
            for (int lost = 1; lost <= Ledger.BOTH; lost++) {
                if (!thorough && (steps.indexOf(step) + lost) % 3 != 0) {
                    continue;
                }
                try {
                    lose(seed, transition, step, lost);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError(
                        transition + ", seed " + seed + ", power of " + lost + " lost after cycle " + step, e);
                }
                runs++;
            }
        }
        assertTrue(runs > 10, () -> "only " + steps.size() + " steps");
    }

    /** The cycles in which something became durable, and those before. */
    private static List<Long> steps(final long seed, final Transition transition) {
        final LifeRig rig = new LifeRig(seed, SIZE, 4, IN_STEP);
        begin(rig);
        final List<Long> steps = new ArrayList<>();
        final long[] last = {-1};
        final long first = rig.cycles();
        rig.everyCycle(() -> {
            long sum = 0;
            for (final Node node : rig.nodes) {
                sum += node.metadata.completedWrites() + node.metadata.flushes() + node.data.flushes();
            }
            if (sum != last[0]) {
                if (rig.cycles() > first && (steps.isEmpty() || steps.get(steps.size() - 1) != rig.cycles() - 1)) {
                    steps.add(rig.cycles() - 1);
                }
                steps.add(rig.cycles());
            }
            last[0] = sum;
        });
        transition.steps.accept(rig);
        rig.heal(LifeRig.ORIGIN);
        rig.check("undisturbed");
        return steps;
    }

    private static void lose(final long seed, final Transition transition, final long step, final int lost) {
        final LifeRig rig = new LifeRig(seed, SIZE, 4, IN_STEP);
        rig.cutAt(step);
        try {
            begin(rig);
            transition.steps.accept(rig);
        } catch (final LifeRig.Cut cut) {
            // Now.
        }
        for (final Node node : rig.nodes) {
            if ((lost & node.bit()) != 0) {
                node.losePower();
            }
        }
        final Node other = rig.nodes[lost == 1 ? LifeRig.TARGET : LifeRig.ORIGIN];
        if (lost != Ledger.BOTH && step % 2 == 0) {
            rig.busyCycles(other, 700);
        }
        rig.heal(other.index);
        rig.check("after the loss");
        rig.nodes[(int) (step / 2 % 2)].losePower();
        rig.heal(other.index);
        rig.check("after one more loss");
    }
}
