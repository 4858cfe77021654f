package io.twintrack.node.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** The program itself, running one node in a process of its own. It ends with this process, however that ends. */
final class NodeProcess implements AutoCloseable {
    private static final double STOP_S = 30;
    private static final long CLOSE_S = 4;

    private final Path config;
    private final Path log;
    private final Path report;
    private final Process process;

    private NodeProcess(final Path config, final Path log, final Path report, final Process process) {
        this.config = config;
        this.log = log;
        this.report = report;
        this.process = process;
    }

    static NodeProcess start(final Path config, final String... prefix) {
        try {
            final Path log = Files.createTempFile(config.getParent(), "node-", ".log");
            final Path report = Files.createTempFile(config.getParent(), "node-", ".out");
            final List<String> command = new ArrayList<>(List.of(prefix));
            // The quick compiler alone: most nodes here live for seconds.
            command.addAll(ProgramCommand.of("-XX:TieredStopAtLevel=1"));
            command.addAll(List.of("node", "--child", config.toString()));
            final Process process = new ProcessBuilder(command)
                .redirectError(log.toFile()).redirectOutput(report.toFile()).start();
            return new NodeProcess(config, log, report, process);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Clients may use it; a node that is target only serves once it runs. */
    NodeProcess awaitServing(final double seconds) {
        Wait.until(() -> isServing() || !isRunning(), seconds, this::toString);
        assertTrue(isServing(), this::toString);
        return this;
    }

    boolean isServing() {
        return text(report).contains("serving");
    }

    String log() {
        return text(log);
    }

    /** How often the pattern stands in the log so far. */
    int logged(final String pattern) {
        final Matcher matcher = Pattern.compile(pattern).matcher(log());
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }

    void awaitLogged(final String pattern, final int times, final double seconds) {
        Wait.until(() -> logged(pattern) >= times || !isRunning(), seconds, () -> pattern + "\n" + this);
        assertTrue(logged(pattern) >= times, () -> pattern + "\n" + this);
    }

    /** @param name such as KILL, STOP, CONT. */
    void signal(final String name) {
        Tool.run(config.getParent(), 5, "kill", "-" + name, Long.toString(pid()));
        if (name.equals("KILL")) {
            awaitEnd(10);
        } else if (name.equals("STOP")) {
            Wait.until(this::isStopped, 5, () -> "not all of its threads are stopped");
        }
    }

    /** As {@link #signal} with KILL, at this moment. */
    void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd(10);
    }

    /** kill(1) returns before every thread has noticed: state T in each thread's stat, see proc(5). */
    private boolean isStopped() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            return threads.allMatch(NodeProcess::isThreadStopped);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isThreadStopped(final Path thread) {
        try {
            final String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (final IOException e) {
            return !Files.exists(thread);
        }
    }

    /** @return its exit code. */
    int awaitEnd(final double seconds) {
        try {
            if (!process.waitFor((long) (seconds * 1e9), TimeUnit.NANOSECONDS)) {
                fail("it does not end within " + seconds + " s: " + this);
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As an operator does, with SIGTERM. It must end in order. */
    void stop() {
        // Process.destroy would close the streams as well.
        process.toHandle().destroy();
        assertEquals(0, awaitEnd(STOP_S), this::toString);
    }

    /** Bytes that each resync of this node looked at, so far. */
    List<Long> resyncs() {
        final Matcher matcher = Pattern.compile("_SYNC -> UP_TO_DATE: both sides are equal; (\\d+) bytes").matcher(log());
        final List<Long> bytes = new ArrayList<>();
        while (matcher.find()) {
            bytes.add(Long.parseLong(matcher.group(1)));
        }
        return bytes;
    }

    /** Bytes that the last resync of this node looked at. */
    long bytesOfLastResync() {
        final List<Long> all = resyncs();
        assertTrue(!all.isEmpty(), this::toString);
        return all.get(all.size() - 1);
    }

    /** Of all HBAs, by the label in the log; complete after {@link #stop()}. */
    long counted(final String label) {
        final Matcher matcher = Pattern.compile("[:,] " + Pattern.quote(label) + ": (\\d+)").matcher(log());
        long sum = 0;
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1));
        }
        return sum;
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return config + (isRunning() ? " runs" : " ended with " + process.exitValue()) + "; its log:\n" + log();
    }

    /** However it went: the process ends, in order where it can, because a killed one leaves files in the RAM disk. */
    @Override
    public void close() {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(CLOSE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        awaitEnd(10);
    }
}
