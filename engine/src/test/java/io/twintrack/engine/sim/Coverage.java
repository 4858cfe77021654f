package io.twintrack.engine.sim;

import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.StateTable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What really happened in all runs: steps by kind, commands that were carried out, transitions of state. */
final class Coverage {
    final Map<Step.Kind, Long> steps = new EnumMap<>(Step.Kind.class);
    final Map<Step.Kind, Long> commands = new EnumMap<>(Step.Kind.class);
    final Map<String, Long> transitions = new TreeMap<>();
    final Map<String, Long> faults = new TreeMap<>();
    /** What a person had to do at the end of runs. */
    final Map<String, Long> help = new TreeMap<>();
    long operations;
    long acked;
    long failed;
    long events;
    long simulatedNs;

    void happened(final Step.Kind kind) {
        steps.merge(kind, 1L, Long::sum);
    }

    void commanded(final Step.Kind kind) {
        commands.merge(kind, 1L, Long::sum);
    }

    void helped(final String how) {
        help.merge(how, 1L, Long::sum);
    }

    void transition(final Role role, final PairState from, final PairState to) {
        transitions.merge(role + ": " + (from == null ? "START" : from) + " -> " + to, 1L, Long::sum);
    }

    /** @return transitions of the table that happened in neither role. */
    List<String> neverSeen() {
        final List<String> missing = new ArrayList<>();
        for (final PairState from : PairState.values()) {
            for (final PairState to : PairState.values()) {
                final String what = ": " + from + " -> " + to;
                if (StateTable.has(from, to) && transitions.keySet().stream().noneMatch(seen -> seen.endsWith(what))) {
                    missing.add(what.substring(2));
                }
            }
        }
        return missing;
    }

    /** A run is over. */
    void add(final World world) {
        for (final SimClient client : world.clients) {
            operations += client.operations;
            acked += client.acked;
            failed += client.failed;
        }
        events += world.log.count();
        simulatedNs += world.clock.nowNs();
        count("frames lost", world.wire.lost);
        count("frames repeated", world.wire.repeated);
        count("frames reordered", world.wire.reordered);
        count("frames damaged", world.wire.damaged);
        count("frames that waited for bandwidth", world.wire.throttled);
        for (final SimNode node : world.nodes) {
            count("disk errors", node.data.errors);
            count("metadata disk errors", node.metadata.errors);
            addMore(node);
        }
    }

    private void addMore(final SimNode node) {
        count("errors of one operation alone", node.data.transientErrors + node.metadata.transientErrors);
        count("reads of a bad sector", node.data.unreadable + node.metadata.unreadable);
        count("misdirected sectors", node.data.misdirected);
        count("metadata reads failed", node.metadata.failedReads);
        count("metadata flushes failed", node.metadata.failedDurableWrites);
        count("clocks that leapt", node.clock.jumps);
    }

    void count(final String what, final long times) {
        faults.merge(what, times, Long::sum);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        text.append(operations).append(" requests, ").append(acked).append(" changes acknowledged, ").append(failed)
            .append(" failed; ").append(simulatedNs / SimClock.SECOND).append(" s of simulated time\n");
        text.append("steps that happened: ").append(steps).append('\n');
        text.append("commands carried out: ").append(commands).append('\n');
        text.append("faults: ").append(faults).append('\n');
        text.append("help of a person at the end: ").append(help).append('\n');
        text.append("transitions:\n");
        transitions.forEach((what, count) -> text.append("  ").append(what).append("  ").append(count).append('\n'));
        text.append("transitions of the table that were not seen: ").append(neverSeen()).append('\n');
        return text.toString();
    }
}
