package io.twintrack.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process that the bench started. What it prints goes to files, so that nobody has to empty a pipe. */
public final class Child {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration KILL_GRACE = Duration.ofSeconds(5);

    private final String name;
    private final Process process;
    private final Path output;
    private final Path errors;
    private final Duration grace;
    private final Set<ProcessHandle> adopted = new LinkedHashSet<>();

    /** @param grace for an orderly end after SIGTERM. */
    Child(final String name, final Process process, final Path output, final Path errors, final Duration grace) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.errors = errors;
        this.grace = grace;
    }

    public String name() {
        return name;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() throws IOException {
        return Files.readString(output);
    }

    /** The last lines it printed, for a message to people. */
    public String lastWords() {
        try {
            final List<String> lines = (Files.readString(errors) + Files.readString(output)).lines().toList();
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
        } catch (final IOException e) {
            return "its output is gone: " + e;
        }
    }

    /** Waits until it exits by itself. @throws IOException if it does not in time, or exits with an error. */
    public void awaitExit(final Duration limit) throws IOException {
        if (!awaitUntil(() -> !isAlive(), limit)) {
            throw new IOException(name + " did not end within " + limit.toSeconds() + " s: " + lastWords());
        }
        if (process.exitValue() != 0) {
            throw new IOException(name + " ended with code " + process.exitValue() + ": " + lastWords());
        }
    }

    /** Waits for a line of its output that the pattern matches whole. */
    public Matcher awaitLine(final Pattern pattern, final Duration limit) throws IOException {
        final long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            final boolean wasAlive = isAlive();
            for (final String line : output().lines().toList()) {
                final Matcher matcher = pattern.matcher(line);
                if (matcher.matches()) {
                    return matcher;
                }
            }
            if (!wasAlive) {
                throw new IOException(name + " ended before it printed '" + pattern + "': " + lastWords());
            }
            LockSupport.parkNanos(POLL_NS);
        }
        throw new IOException(name + " printed no '" + pattern + "' in " + limit.toSeconds() + " s: " + lastWords());
    }

    /** Waits for a condition that this process brings about. */
    public void await(final String what, final BooleanSupplier condition, final Duration limit) throws IOException {
        if (!awaitUntil(() -> condition.getAsBoolean() || !isAlive(), limit) || !condition.getAsBoolean()) {
            throw new IOException(name + (isAlive() ? " is not " : " ended before it was ") + what + ": "
                + lastWords());
        }
    }

    /** Another process that belongs to this one and ends with it, whoever started it. */
    public synchronized void adopt(final ProcessHandle process) {
        adopted.add(process);
    }

    /**
     * SIGTERM, then SIGKILL to what is still there of it, of processes that it started and of those it adopted.
     *
     * @return whether it ended in order: in time, and with none of the others left running.
     */
    public boolean stop() {
        final Set<ProcessHandle> family = family();
        process.destroy();
        final boolean inTime = awaitUntil(() -> !isAlive(), grace);
        final boolean alone = !anyRuns(family);
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroy);
        awaitUntil(() -> !anyRuns(family), grace);
        family.forEach(ProcessHandle::destroyForcibly);
        awaitUntil(() -> !isAlive() && !anyRuns(family), KILL_GRACE);
        return inTime && alone;
    }

    private synchronized Set<ProcessHandle> family() {
        final Set<ProcessHandle> family = new LinkedHashSet<>(adopted);
        process.descendants().forEach(family::add);
        family.remove(process.toHandle());
        return family;
    }

    private static boolean anyRuns(final Set<ProcessHandle> handles) {
        return handles.stream().anyMatch(ProcStat::isRunning);
    }

    private static boolean awaitUntil(final BooleanSupplier condition, final Duration limit) {
        final long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(POLL_NS);
        }
        return true;
    }
}
