package io.twintrack.bench.report;

import io.twintrack.bench.Workload;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The results as text for people. */
public final class Table {
    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Table(final Results results) {
        this.results = results;
    }

    public static String of(final Results results) {
        final Table table = new Table(results);
        table.cells();
        table.rules();
        table.copies();
        table.absent();
        return table.text.toString();
    }

    private void cells() {
        line("Medians over the rounds. CPU us/op: processor time of all server processes of a system together, per");
        line("operation; fio, the client, is not in it. fio-both gives the rate of each of the two files.");
        line("");
        line(row("workload", "system", List.of(Measure.values()).stream().map(Measure::title).toList()));
        for (final Workload workload : Workload.values()) {
            for (final String system : systems(workload)) {
                line(row(workload.label(), system, medians(workload, system)));
            }
        }
        line("");
    }

    private Set<String> systems(final Workload workload) {
        final Set<String> names = new LinkedHashSet<>();
        results.samples().stream().filter(s -> s.workload() == workload && s.round() == 0)
            .forEach(s -> names.add(s.system()));
        results.samples().stream().filter(s -> s.workload() == workload).forEach(s -> names.add(s.system()));
        return names;
    }

    private List<String> medians(final Workload workload, final String system) {
        final List<String> columns = new ArrayList<>();
        for (final Measure measure : Measure.values()) {
            final List<Double> numbers = results.samples().stream()
                .filter(s -> s.workload() == workload && s.system().equals(system))
                .map(measure::of).filter(Objects::nonNull).toList();
            columns.add(Spread.of(numbers).map(spread -> measure.show(spread.median())).orElse("-"));
        }
        return columns;
    }

    private void rules() {
        line("What Twintrack must reach: ratios within each round, median (min..max) over the rounds.");
        for (final Rule rule : Rule.all()) {
            line(String.format(Locale.ROOT, "%-12s %s", mark(rule.verdict(results.samples())), rule.name()));
            for (int i = 0; i < rule.anyOf().size(); i++) {
                final Rule.Limit limit = rule.anyOf().get(i);
                final String found =
                    limit.ratio().of(results.samples()).map(Spread::toString).orElse("not measured");
                line("             " + (i == 0 ? "" : "or ") + limit + ": " + found);
            }
        }
        line("");
    }

    private static String mark(final Rule.Verdict verdict) {
        return switch (verdict) {
            case PASS -> "PASS";
            case FAIL -> "FAIL";
            case NOT_MEASURED -> "not measured";
        };
    }

    private void copies() {
        results.checks().forEach((system, checks) -> {
            final long differing = results.differences().get(system);
            line(system + ": both copies compared " + checks + " times, "
                + (differing == 0 ? "equal" : "DIFFERENT in pages of " + differing + " bytes"));
        });
    }

    private void absent() {
        results.absent().forEach((system, reason) -> line(system + ": " + reason));
    }

    private static String row(final String workload, final String system, final List<String> columns) {
        final StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-13s%-21s", workload, system));
        columns.forEach(column -> row.append(String.format(Locale.ROOT, "%11s", column)));
        return row.toString();
    }

    private void line(final String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
