package io.twintrack.sata.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.twintrack.engine.machine.ProcessorTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;

/**
 * The host's side of the lab: boots the guest by bin/sata-lab and makes tests of this run out of those in the guest.
 */
public final class SataLab {
    private static final int CANNOT_RUN = 2;
    private static final long LIMIT_S = 420;
    /** A guest that is not done in time says nothing when its machine got less than this part of what it asked for. */
    private static final double LEAST_PROCESSOR_TIME = 0.5;
    private static final String SCRIPT = "bin/sata-lab";

    private final Path folder;

    /** @param folder is made, and holds the images, the console and the results of the last run. */
    public SataLab(final Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /**
     * Runs the test classes of these names in the guest. Skips, with the reason, where the lab cannot run.
     *
     * @param rehearsals test classes that run on the host before, and load what the others will need.
     */
    public Stream<DynamicTest> run(final List<String> rehearsals, final List<String> tests)
        throws IOException, InterruptedException {
        try {
            return inTheGuest(rehearsals, tests);
        } catch (final TestAbortedException e) {
            // Of a factory that is aborted itself no report tells anything.
            return Stream.of(dynamicTest("in the guest", () -> {
                throw e;
            }));
        }
    }

    private Stream<DynamicTest> inTheGuest(final List<String> rehearsals, final List<String> tests)
        throws IOException, InterruptedException {
        requireRunnable(script());
        final List<String> java = new ClassArchive(folder.resolveSibling(folder.getFileName() + "-classes"))
            .make(java(), rehearsals, tests);
        final ProcessorTime before = ProcessorTime.now();
        final int exit = boot(java, GuestRunner.class,
            Stream.concat(Stream.of(folder.toString()), tests.stream()).toArray(String[]::new));
        final List<GuestTest> results = GuestTest.read(folder);
        if (results.isEmpty()) {
            requireProcessorTime(ProcessorTime.now().withheldSince(before));
        }
        assertFalse(results.isEmpty(), () -> "the guest left no results\n" + console());
        assertEquals(results.stream().anyMatch(GuestTest::hasFailed) ? 1 : 0, exit, this::console);
        return results.stream().map(GuestTest::asTest);
    }

    private void requireProcessorTime(final double withheld) {
        if (withheld > 1 - LEAST_PROCESSOR_TIME) {
            abort(String.format(Locale.ROOT, "the guest was not done in time, and this machine's own host kept %.0f %% "
                + "of the processor time from it%n%s", 100 * withheld, console()));
        }
    }

    /** Runs a program of the test class path in the guest. @return its exit code. */
    public int boot(final Class<?> main, final String... arguments) throws IOException, InterruptedException {
        requireRunnable(script());
        final List<String> java = java();
        java.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return boot(java, main, arguments);
    }

    private int boot(final List<String> java, final Class<?> main, final String... arguments)
        throws IOException, InterruptedException {
        empty();
        final List<String> command = new ArrayList<>(List.of(script().toString(), "run", folder.toString()));
        command.addAll(java);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        final Path messages = folder.resolve("lab.log");
        final int exit = execute(command, messages);
        if (exit == CANNOT_RUN) {
            abort(Files.readString(messages).strip());
        }
        return exit;
    }

    private static Path script() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(SCRIPT))) {
                return at.resolve(SCRIPT);
            }
        }
        throw new AssertionError("there is no " + SCRIPT + " in any folder above " + Path.of("").toAbsolutePath());
    }

    private void requireRunnable(final Path script) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        final Path messages = folder.resolve("check.log");
        if (execute(List.of(script.toString(), "check"), messages) != 0) {
            abort(Files.readString(messages).strip());
        }
    }

    private void empty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static int execute(final List<String> command, final Path messages)
        throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(messages.toFile()).redirectInput(Path.of("/dev/null").toFile()).start();
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(command + " does not end\n" + Files.readString(messages));
        }
        return process.exitValue();
    }

    /** The same Java with the same options; what it writes to goes to memory, because the guest's / is read-only. */
    private static List<String> java() {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (final String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--add") || option.startsWith("--enable") || option.startsWith("--sun")) {
                command.add(option);
            }
        }
        // The archives of classes at their own address: moved, each of their pages is patched.
        command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"));
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
            "-XX:+ShowCodeDetailsInExceptionMessages", "-Djava.io.tmpdir=/dev/shm", "-Djna.tmpdir=/dev/shm"));
        final String logback = System.getProperty("logback.configurationFile");
        if (logback != null) {
            command.add("-Dlogback.configurationFile=" + logback);
        }
        return command;
    }

    /** What the guest printed last, and what the script said. */
    public String console() {
        return tail("lab.log") + tail("qemu.log") + tail("console.log");
    }

    private String tail(final String name) {
        try {
            final List<String> lines = Files.readAllLines(folder.resolve(name),
                java.nio.charset.StandardCharsets.ISO_8859_1);
            return name + ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size())) + '\n';
        } catch (final IOException e) {
            return name + ": none\n";
        }
    }
}
