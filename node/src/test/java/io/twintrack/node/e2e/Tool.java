package io.twintrack.node.e2e;

import io.twintrack.engine.machine.Deadline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A program that nobody here wrote, while it runs. Its output, both streams, goes to a file. */
final class Tool implements AutoCloseable {
    private static final long LOOK_MS = 20;
    private static final String SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin";

    private final List<String> command;
    private final Process process;
    private final Path output;

    private Tool(final List<String> command, final Process process, final Path output) {
        this.command = command;
        this.process = process;
        this.output = output;
    }

    /** Skips the test when one of the programs is not installed. */
    static void assumeInstalled(final String... names) {
        for (final String name : names) {
            assumeTrue(find(name) != null, name + " is not installed");
        }
    }

    private static Path find(final String name) {
        return Stream.of((SYSTEM_PATH + ':' + System.getenv("PATH")).split(":"))
            .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst().orElse(null);
    }

    static Tool start(final Path folder, final String... command) {
        return start(folder, List.of(command));
    }

    static Tool start(final Path folder, final List<String> command) {
        final List<String> words = new ArrayList<>(command);
        final Path program = find(words.get(0));
        words.set(0, program == null ? words.get(0) : program.toString());
        try {
            final Path output = Files.createTempFile(folder, command.get(0) + "-", ".out");
            final ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
            // nbdsh takes the first Python that it finds, and only the system's own has its module.
            builder.environment().merge("PATH", SYSTEM_PATH, (path, system) -> system + ':' + path);
            final Process process = builder.start();
            process.getOutputStream().close();
            return new Tool(words, process, output);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it to its end, which must be a good one. @return its output. */
    static String run(final Path folder, final double seconds, final String... command) {
        return run(folder, seconds, List.of(command));
    }

    static String run(final Path folder, final double seconds, final List<String> command) {
        try (Tool tool = start(folder, command)) {
            return tool.succeed(seconds);
        }
    }

    /** Runs it to its end, which must be a failure. @return its output. */
    static String runFailing(final Path folder, final double seconds, final String... command) {
        try (Tool tool = start(folder, command)) {
            assertNotEquals(0, tool.await(seconds), () -> tool + " was to fail:\n" + tool.output());
            return tool.output();
        }
    }

    String succeed(final double seconds) {
        assertEquals(0, await(seconds), () -> this + ":\n" + output());
        return output();
    }

    /** @return its exit code. */
    int await(final double seconds) {
        try {
            final Deadline deadline = Deadline.in(Wait.PATIENCE * seconds);
            while (!process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (deadline.isOver()) {
                    fail("not within " + Wait.PATIENCE * seconds + " s: " + this + ":\n" + output());
                }
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return String.join(" ", command);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
