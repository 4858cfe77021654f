package io.twintrack.bench.report;

import io.twintrack.bench.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A speed that Twintrack must reach. It is met when one of its limits is.
 *
 * @param name  which client, which workload.
 * @param anyOf the limits.
 */
public record Rule(String name, List<Limit> anyOf) {
    private static final String IN_PROCESS = "twintrack-inprocess";
    private static final String NBD = "twintrack-nbd";
    private static final String BOUND = "fio-both";
    private static final double NEAR_LOCAL = 1.25;
    private static final double NEAR_BOUND = 0.85;
    private static final double ONE_COPY = 1.0;
    private static final double OTHER_MIRRORS = 3.0;

    /** How a rule stands after a run. */
    public enum Verdict {
        PASS, FAIL, NOT_MEASURED;

        public static Verdict of(final boolean holds) {
            return holds ? PASS : FAIL;
        }
    }

    /** @param atMost the ratio's median may not be above the bound; else not below. */
    public record Limit(Ratio ratio, boolean atMost, double bound) {

        boolean isMetBy(final Spread spread) {
            return atMost ? spread.median() <= bound : spread.median() >= bound;
        }

        @Override
        public String toString() {
            return ratio + (atMost ? " <= " : " >= ") + String.format(Locale.ROOT, "%.2f", bound);
        }
    }

    /** A limit that was missed counts only when no other of the rule could have been met instead. */
    public Verdict verdict(final List<Sample> samples) {
        boolean allMeasured = true;
        for (final Limit limit : anyOf) {
            final Optional<Spread> spread = limit.ratio().of(samples);
            if (spread.isPresent() && limit.isMetBy(spread.get())) {
                return Verdict.PASS;
            }
            allMeasured &= spread.isPresent();
        }
        return allMeasured ? Verdict.FAIL : Verdict.NOT_MEASURED;
    }

    public static List<Rule> all() {
        return List.of(
            new Rule("in process, 4 KiB writes, depth 1", List.of(
                limit(Workload.WRITE_4K_D1, Measure.P50, IN_PROCESS, true, NEAR_LOCAL, "fio-one"))),
            inProcess("in process, 4 KiB writes, depth 32", Workload.WRITE_4K_D32, Measure.IOPS),
            inProcess("in process, 1 MiB writes, depth 8", Workload.WRITE_1M_D8, Measure.THROUGHPUT),
            nbd("NBD, 4 KiB writes, depth 1", Workload.WRITE_4K_D1, Measure.IOPS),
            nbd("NBD, 4 KiB writes, depth 32", Workload.WRITE_4K_D32, Measure.IOPS),
            nbd("NBD, 1 MiB writes, depth 8", Workload.WRITE_1M_D8, Measure.THROUGHPUT),
            new Rule("NBD, 4 KiB writes, depth 32, next to other mirrors", List.of(
                limit(Workload.WRITE_4K_D32, Measure.IOPS, NBD, false, OTHER_MIRRORS,
                    "qemu-quorum", "qemu-mirror"))));
    }

    private static Rule inProcess(final String name, final Workload workload, final Measure measure) {
        return new Rule(name, List.of(limit(workload, measure, IN_PROCESS, false, NEAR_BOUND, BOUND)));
    }

    /** Faster than one copy of another system, or near the bound where the one disk under both copies is the limit. */
    private static Rule nbd(final String name, final Workload workload, final Measure measure) {
        return new Rule(name, List.of(
            limit(workload, measure, NBD, false, ONE_COPY, "qemu-export"),
            limit(workload, measure, NBD, false, NEAR_BOUND, BOUND)));
    }

    private static Limit limit(
        final Workload workload, final Measure measure, final String system, final boolean atMost,
        final double bound, final String... over) {
        return new Limit(new Ratio(workload, measure, system, List.of(over)), atMost, bound);
    }
}
