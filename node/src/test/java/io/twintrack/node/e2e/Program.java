package io.twintrack.node.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.function.BooleanSupplier;

/** The program as a process of its own, from the classes under test. Its output goes to files. */
final class Program implements AutoCloseable {
    private static final long LIMIT_S = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private Program(final Process process, final Path out, final Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Program start(final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(ProgramCommand.of());
        command.addAll(List.of(arguments));
        final Path out = Files.createTempFile("twintrack-out-", ".txt");
        final Path err = Files.createTempFile("twintrack-err-", ".txt");
        final Process process =
            new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        return new Program(process, out, err);
    }

    long pid() {
        return process.pid();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** Waits for a line that starts so, and returns what follows. */
    String awaitLine(final String start) {
        awaitWhileItRuns(() -> line(start) != null, "a line \"" + start + "...\" on standard output");
        return line(start);
    }

    void awaitLog(final String text) {
        awaitLog(text, 1);
    }

    void awaitLog(final String text, final int times) {
        awaitWhileItRuns(() -> err().split(Pattern.quote(text), -1).length > times,
            "\"" + text + "\" in the log, times " + times);
    }

    /** @return its exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end\n" + everything());
        }
        return process.exitValue();
    }

    /** SIGTERM. @return its exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy();
        return awaitEnd();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    String everything() {
        return "standard output:\n" + out() + "\nstandard error:\n" + err();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }

    private void awaitWhileItRuns(final BooleanSupplier condition, final String what) {
        Wait.until(() -> {
            final boolean ended = !process.isAlive();
            final boolean holds = condition.getAsBoolean();
            if (ended && !holds) {
                throw new AssertionError("it ended before " + what + "\n" + everything());
            }
            return holds;
        }, LIMIT_S, () -> what + "\n" + everything());
    }

    private String line(final String start) {
        return out().lines().filter(line -> line.startsWith(start)).map(line -> line.substring(start.length()))
            .findFirst().orElse(null);
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
