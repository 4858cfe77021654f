package io.twintrack.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The middle and the ends of a few numbers, one from each round. */
public record Spread(double median, double min, double max, int rounds) {

    /** @return nothing if there are no numbers. With an even count the median is the mean of the middle two. */
    public static Optional<Spread> of(final List<Double> numbers) {
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        final double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int half = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return Optional.of(new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length));
    }

    /** @throws java.util.NoSuchElementException if there is nothing to take the number of. */
    public static <T> double median(final List<T> all, final ToDoubleFunction<T> number) {
        return of(all.stream().mapToDouble(number).boxed().toList()).orElseThrow().median();
    }

    /** As {@code 0.93 (0.88..0.97)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median, min, max);
    }
}
