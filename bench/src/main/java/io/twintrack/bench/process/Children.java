package io.twintrack.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Every process of this run. Whatever was started here is ended by {@link #close()}, the last one first. The
 * shutdown hook closes it from a thread of its own: no process can be started once that has begun.
 */
public final class Children implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Path logs;
    private final Duration grace;
    private final List<Child> running = new ArrayList<>();
    private boolean closed;
    private int started;

    /** @param logs a folder for what the processes print. */
    public Children(final Path logs) {
        this(logs, GRACE);
    }

    /** @param grace for an orderly end of each process after SIGTERM. */
    Children(final Path logs, final Duration grace) {
        this.logs = logs;
        this.grace = grace;
    }

    /** @throws CancellationException when the run is being ended. */
    public synchronized Child start(final String name, final List<String> command) throws IOException {
        if (closed) {
            throw new CancellationException("the run is being ended");
        }
        Files.createDirectories(logs);
        final Path output = logs.resolve(started + "-" + name + ".out");
        final Path errors = logs.resolve(started + "-" + name + ".err");
        final Process process = new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
        final Child child = new Child(name, process, output, errors, grace);
        started++;
        running.add(child);
        return child;
    }

    /** @return whether it ended in order, see {@link Child#stop()}. */
    public boolean stop(final Child child) {
        final boolean orderly = child.stop();
        synchronized (this) {
            running.remove(child);
        }
        return orderly;
    }

    @Override
    public void close() {
        final List<Child> left;
        synchronized (this) {
            closed = true;
            left = new ArrayList<>(running);
            running.clear();
        }
        for (int i = left.size() - 1; i >= 0; i--) {
            left.get(i).stop();
        }
    }
}
