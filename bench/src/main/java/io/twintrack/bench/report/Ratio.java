package io.twintrack.bench.report;

import io.twintrack.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * One system's number over another's, taken within each round because the disk's speed changes between rounds.
 *
 * @param over the systems to compare with; of several the one with the highest number in that round counts.
 */
public record Ratio(Workload workload, Measure measure, String system, List<String> over) {

    /** @return the middle over all rounds in which every system of the ratio was measured; nothing without any. */
    public Optional<Spread> of(final List<Sample> samples) {
        final Map<Integer, List<Sample>> rounds = new TreeMap<>();
        for (final Sample sample : samples) {
            if (sample.workload() == workload) {
                rounds.computeIfAbsent(sample.round(), ignore -> new ArrayList<>()).add(sample);
            }
        }
        return Spread.of(rounds.values().stream().map(this::ofRound).flatMap(Optional::stream).toList());
    }

    private Optional<Double> ofRound(final List<Sample> round) {
        final OptionalDouble own = number(round, system);
        double best = 0;
        for (final String other : over) {
            final OptionalDouble number = number(round, other);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            best = Math.max(best, number.getAsDouble());
        }
        return own.isEmpty() || best == 0 ? Optional.empty() : Optional.of(own.getAsDouble() / best);
    }

    private OptionalDouble number(final List<Sample> round, final String name) {
        return round.stream()
            .filter(sample -> sample.system().equals(name) && measure.of(sample) != null)
            .mapToDouble(measure::of)
            .findFirst();
    }

    @Override
    public String toString() {
        final String others = over.size() == 1 ? over.get(0) : "best of " + String.join(", ", over);
        return measure.title() + " " + system + " / " + others;
    }
}
