package io.twintrack.node.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Shows how far a task is: as a bar on a terminal, else as a plain line now and then. */
public interface Progress extends AutoCloseable {

    /** @param extra rate and latency, or the like. */
    void show(long done, String extra);

    @Override
    void close();

    /** Shows the progress on standard error: standard output belongs to the results. */
    static Progress of(final String task, final long bytes) {
        return of(task, bytes, System.err, isTerminal());
    }

    static Progress of(final String task, final long bytes, final PrintStream out, final boolean terminal) {
        return terminal ? new ProgressOnTerminal(task, bytes, out) : new ProgressInLines(task, bytes, out);
    }

    /** Asks the kernel what standard error is: Java's console object exists without a terminal from 22 on. */
    private static boolean isTerminal() {
        try {
            final String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (final IOException e) {
            return false;
        }
    }
}
