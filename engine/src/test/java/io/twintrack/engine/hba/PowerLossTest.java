package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.Ledger;
import io.twintrack.engine.rig.LifeRig;
import io.twintrack.engine.rig.LifeImage;
import io.twintrack.engine.rig.LifeNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Power is lost at the origin, the target and both after each step of each transition, with disks that forget what was
 * not flushed. Each transition runs once undisturbed, and the cycles are noted in which a metadata disk took a write or
 * any disk a flush; then three times for each of them. Afterwards the pair heals, and holds what a {@link Ledger} says
 * it must.
 *
 * <p>{@code -Dtwintrack.seed=N} draws another life.
 */
class PowerLossTest {
    private static final Path GUARANTEES = Path.of("../docs/GUARANTEES.md");
    private static final String TRANSITIONS = "\n## Transitions, step by step\n";
    private static final Map<List<Long>, LifeImage[]> IN_STEP = new HashMap<>();

    private static LifeRig rig(final long seed, final Transition transition) {
        final long size = transition.size();
        return new LifeRig(seed, size, transition.activeRegions(), transition.isInStepBefore()
            ? IN_STEP.computeIfAbsent(List.of(size, transition.deviceSize()), sizes -> inStep(transition))
            : LifeImage.blank(transition.deviceSize()));
    }

    private static LifeImage[] inStep(final Transition transition) {
        final LifeRig rig = new LifeRig(1, transition.size(), 4, LifeImage.blank(transition.deviceSize()));
        rig.until("both are up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
        return rig.stopped();
    }

    /** Whatever docs/GUARANTEES.md draws steps of, and nothing that it does not. */
    @Test
    void eachTransitionIsTried() throws IOException {
        final Set<String> tried = new TreeSet<>();
        for (final Transition transition : Transition.values()) {
            tried.addAll(transition.shows);
        }
        assertEquals(drawn(), tried);
    }

    private static Set<String> drawn() throws IOException {
        final String all = Files.readString(GUARANTEES);
        final String from = all.substring(all.indexOf(TRANSITIONS) + TRANSITIONS.length());
        final Set<String> headings = new TreeSet<>();
        from.substring(0, from.indexOf("\n## ")).lines().filter(line -> line.startsWith("### "))
            .forEach(line -> headings.add(line.substring(4).split(":")[0]));
        return headings;
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtAnyStep(final Transition transition) {
        final long seed = Long.getLong("twintrack.seed", 11);
        final List<Long> steps = steps(seed, transition);
        assertTrue(steps.size() > 3, () -> "only " + steps.size() + " steps");
        for (final long step : steps) {
            for (int lost = 1; lost <= Ledger.BOTH; lost++) {
                try {
                    lose(seed, transition, step, lost);
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError(
                        transition + ", seed " + seed + ", power of " + lost + " lost after cycle " + step, e);
                }
            }
        }
    }

    /** The cycles in which something became durable, and those before. */
    private static List<Long> steps(final long seed, final Transition transition) {
        final LifeRig rig = rig(seed, transition);
        transition.prepare(rig);
        final List<Long> steps = new ArrayList<>();
        final long[] last = {durable(rig)};
        final long first = rig.cycles();
        rig.everyCycle(() -> {
            final long sum = durable(rig);
            if (transition.isAStep(sum != last[0])) {
                if (rig.cycles() - 1 > first && (steps.isEmpty() || steps.get(steps.size() - 1) != rig.cycles() - 1)) {
                    steps.add(rig.cycles() - 1);
                }
                steps.add(rig.cycles());
            }
            last[0] = sum;
        });
        transition.steps(rig);
        rig.everyCycle(() -> { });
        if (transition.endsInStep()) {
            rig.healing.heal(LifeRig.ORIGIN);
            rig.check("undisturbed");
        } else {
            transition.afterLoss(rig, 0);
        }
        return steps;
    }

    private static long durable(final LifeRig rig) {
        long sum = 0;
        for (final LifeNode node : rig.nodes) {
            sum += node.metadata.completedWrites() + node.metadata.flushes() + node.data.flushes();
        }
        return sum;
    }

    private static void lose(final long seed, final Transition transition, final long step, final int lost) {
        final LifeRig rig = rig(seed, transition);
        transition.prepare(rig);
        rig.cutAt(step);
        try {
            transition.steps(rig);
        } catch (final LifeRig.Cut cut) {
            // Now.
        }
        for (final LifeNode node : rig.nodes) {
            if ((lost & node.bit()) != 0) {
                node.losePower();
            }
        }
        final LifeNode other = rig.nodes[lost == 1 ? LifeRig.TARGET : LifeRig.ORIGIN];
        if (lost != Ledger.BOTH && step % 2 == 0) {
            rig.clients.busyCycles(other, 700);
        }
        rig.healing.comeBack();
        transition.afterLoss(rig, step);
        if (transition.endsInStep()) {
            rig.healing.heal(other.index);
            rig.check("after the loss");
            rig.nodes[(int) (step / 2 % 2)].losePower();
            rig.healing.heal(other.index);
            rig.check("after one more loss");
        }
    }
}
