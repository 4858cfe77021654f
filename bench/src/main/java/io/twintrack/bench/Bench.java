package io.twintrack.bench;

import io.twintrack.bench.load.Fio;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.report.JsonReport;
import io.twintrack.bench.report.Results;
import io.twintrack.bench.report.Rule;
import io.twintrack.bench.report.Table;
import io.twintrack.bench.system.SystemUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the bench: the side-by-side rig, and JMH as a subcommand. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures Twintrack next to other systems that do the same work on the same files.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
        "0:measured", "1:a system failed, two copies differ, or with --gate a rule is not met", "2:wrong usage",
            "130:interrupted"},
    subcommands = {JmhCommand.class, ResyncCommand.class, IdleCommand.class, MarksCommand.class, ModesCommand.class,
        AgainstCommand.class, StressCommand.class})
public final class Bench implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int INTERRUPTED = 130;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

    @Spec
    private CommandSpec spec;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".",
        description = "Folder on the disk to measure; a temporary folder is made in it (default: the current one).")
    private Path dir;

    @Option(names = "--target-dir", paramLabel = "DIR",
        description = "The same for the target's file, on another disk (default: the one of --dir, so that both copies "
            + "share a disk).")
    private Path targetDir;

    @Option(names = "--size", paramLabel = "MIB",
        description = "Size of each of the two volumes in MiB, 16 or more (default: 1024; 256 with --quick).")
    private Integer sizeMib;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds, 1 or more (default: 5; 2 with --quick).")
    private Integer rounds;

    @Option(names = "--seconds", paramLabel = "S",
        description = "Seconds that each cell is measured, 1 or more (default: 3; 1 with --quick).")
    private Integer seconds;

    @Option(names = "--warm-up", paramLabel = "S",
        description = "Seconds of load before each cell, 1 or more (default: 1). Twintrack gets 8 more to compile.")
    private Integer warmUp;

    @Option(names = "--quick", description = "A small run to see that all works; its numbers mean little.")
    private boolean quick;

    @Option(names = "--only", paramLabel = "NAME", split = ",",
        description = "Systems and workloads to run, by name, with * for any text (default: all).")
    private List<String> only = List.of();

    @Option(names = "--json", paramLabel = "FILE",
        description = "Where the numbers go as JSON (default: bench-DATE.json in the current folder).")
    private Path json;

    @Option(names = "--twintrack", paramLabel = "FILE", description = "The program bin/twintrack (default: found).")
    private Path twintrack;

    @Option(names = "--fio-engine", paramLabel = "NAME", defaultValue = "io_uring",
        description = "fio's engine for plain files: io_uring or libaio (default: io_uring).")
    private String fioEngine;

    @Option(names = "--qemu-aio", paramLabel = "NAME", defaultValue = "native",
        description = "QEMU's file I/O: native or io_uring (default: native).")
    private String qemuAio;

    @Option(names = "--gate", description = "Exit with 1 unless every rule was measured and met.")
    private boolean gate;

    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
            .setExecutionExceptionHandler((e, commandLine, result) -> explain(e, commandLine));
    }

    @Override
    public Integer call() throws IOException {
        try {
            return measure();
        } catch (final CancellationException e) {
            return INTERRUPTED;
        }
    }

    private int measure() throws IOException {
        final long size = (long) number("--size", sizeMib, quick ? 256 : 1024, 16) << 20;
        final int roundCount = number("--rounds", rounds, quick ? 2 : 5, 1);
        final Duration measured = Duration.ofSeconds(number("--seconds", seconds, quick ? 1 : 3, 1));
        final Duration warmed = Duration.ofSeconds(number("--warm-up", warmUp, 1, 1));
        oneOf("--fio-engine", fioEngine, List.of("io_uring", "libaio"));
        oneOf("--qemu-aio", qemuAio, List.of("native", "io_uring"));
        final Results results = new Results();
        try (Workplace workplace = Workplace.open(dir, targetDir == null ? dir : targetDir, size)) {
            final Rounds.Plan plan = new Rounds.Plan(
                systems(workplace.children(), results), Catalogue.workloads(only), roundCount, warmed, measured);
            announce(workplace.volumes(), plan);
            workplace.volumes().writeZeros();
            new Rounds(workplace.volumes(), plan, results, System.err::println).run();
        }
        System.out.print(Table.of(results));
        final Path file = json == null ? Path.of("bench-" + STAMP.format(LocalDateTime.now()) + ".json") : json;
        JsonReport.write(file, Machine.about(spec.commandLine().getParseResult().originalArgs()), results);
        System.out.println("all numbers: " + file);
        return results.isSound() && (!gate || allRulesMet(results)) ? 0 : 1;
    }

    private List<SystemUnderTest> systems(final Children children, final Results results) {
        final Path program = twintrack == null ? Machine.twintrack() : twintrack.toAbsolutePath();
        final List<SystemUnderTest> all =
            Catalogue.systems(children, new Fio(children, fioEngine), qemuAio, program);
        final List<SystemUnderTest> chosen;
        try {
            chosen = Catalogue.chosen(all, only);
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        chosen.forEach(system ->
            system.unavailable().ifPresent(reason -> results.absent(system.name(), "skipped: " + reason)));
        results.absent().forEach((system, reason) -> System.err.println(system + ": " + reason));
        return chosen;
    }

    private static void announce(final Volumes volumes, final Rounds.Plan plan) {
        System.err.println("volumes: " + volumes.files() + ", " + (volumes.size() >> 20) + " MiB each");
        plan.systems().forEach(system -> System.err.println(system.name() + ": " + system.describe()));
    }

    private static boolean allRulesMet(final Results results) {
        return Rule.all().stream().allMatch(rule -> rule.verdict(results.samples()) == Rule.Verdict.PASS);
    }

    private int number(final String option, final Integer given, final int usual, final int least) {
        final int value = given == null ? usual : given;
        if (value < least) {
            throw new ParameterException(spec.commandLine(), option + " is " + value + ", must be at least " + least);
        }
        return value;
    }

    private void oneOf(final String option, final String given, final List<String> allowed) {
        if (!allowed.contains(given)) {
            throw new ParameterException(
                spec.commandLine(), option + " is " + given + ", must be " + String.join(" or ", allowed));
        }
    }

    /** What goes wrong with a disk or a file is said in a line; anything else is a bug and shows its stack. */
    private static int explain(final Exception e, final CommandLine commandLine) throws Exception {
        if (e instanceof IOException) {
            commandLine.getErr().println("bench: " + e.getMessage());
            return FAILED;
        }
        throw e;
    }
}
