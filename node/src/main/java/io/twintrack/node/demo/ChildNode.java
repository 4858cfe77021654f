package io.twintrack.node.demo;

import io.twintrack.node.ChildReport;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.NodeCounts;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.Endpoint;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node that runs as a child process. Its standard error is ours; on its standard output it reports to us
 * ({@link ChildReport}); its standard input ends with this process, and the child with it.
 */
final class ChildNode implements AutoCloseable {
    private static final long LONGEST_STOP_S = 30;

    private static final Logger LOG = LoggerFactory.getLogger(ChildNode.class);

    private final Side side;
    private final Path config;
    private final Process process;
    private final ChildReport.Reader report;

    private boolean endNoted;

    private ChildNode(final Side side, final Path config, final Process process) {
        this.side = side;
        this.config = config;
        this.process = process;
        this.report = new ChildReport.Reader();
        final Thread thread = new Thread(this::readReport, side.word() + "-report");
        thread.setDaemon(true);
        thread.start();
    }

    static ChildNode start(final Side side, final Path config, final Endpoint nbd) throws CommandFailedException {
        final List<String> command = javaCommand();
        command.addAll(List.of("node", "--child", config.toString()));
        if (nbd != null) {
            command.addAll(List.of("--nbd", nbd.toString()));
        }
        try {
            return new ChildNode(side, config, new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
        } catch (final IOException e) {
            throw new CommandFailedException(
                "the " + side.word() + " node's process did not start: " + IoErrors.sentence(e));
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isServing() {
        return report.isServing();
    }

    void checkRuns() throws CommandFailedException {
        if (!process.isAlive()) {
            throw new CommandFailedException("the " + side.word() + " node ended with exit code "
                + process.exitValue() + "; its reason stands above");
        }
    }

    /** Says once that it is gone. */
    void noteEnd() {
        if (!process.isAlive() && !endNoted) {
            endNoted = true;
            LOG.warn("The {} node (pid {}) ended with exit code {}; start it again with: bin/twintrack node {}",
                side.word(), pid(), process.exitValue(), config);
        }
    }

    /** @return what it had sent; nothing is known of one that was gone before. */
    NodeCounts stop() throws CommandFailedException {
        noteEnd();
        if (endNoted) {
            return report.counts();
        }
        terminate();
        if (!awaitEnd()) {
            process.destroyForcibly();
            throw new CommandFailedException(
                "the " + side.word() + " node did not stop within " + LONGEST_STOP_S + " s and was killed");
        }
        if (process.exitValue() != 0 && !endNoted) {
            throw new CommandFailedException(
                "the " + side.word() + " node stopped with exit code " + process.exitValue());
        }
        return report.counts();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            terminate();
            if (!awaitEnd()) {
                process.destroyForcibly();
            }
        }
    }

    /** SIGTERM by its handle: the process object would close the child's output before its last lines are read. */
    private void terminate() {
        if (isSuspended()) {
            LOG.warn("The {} node (pid {}) is suspended and cannot stop in order; it is killed", side.word(), pid());
            process.destroyForcibly();
            endNoted = true;
        } else {
            process.toHandle().destroy();
        }
    }

    /** SIGSTOP holds back SIGTERM too. In /proc/PID/stat (proc(5)) the state follows the name in brackets. */
    private boolean isSuspended() {
        try {
            final String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (final IOException e) {
            return false;
        }
    }

    private boolean awaitEnd() {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_STOP_S);
        boolean interrupted = false;
        boolean ended = false;
        while (!ended && System.nanoTime() < deadlineNs) {
            try {
                ended = process.waitFor(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }

    private void readReport() {
        try (BufferedReader lines = process.inputReader()) {
            report.readAll(lines);
        } catch (final IOException e) {
            // The child is gone; checkRuns and stop tell how it ended.
        }
    }

    /** This Java with these options, once more. */
    private static List<String> javaCommand() {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (final String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-agentlib") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Twintrack.class.getName()));
        return command;
    }
}
