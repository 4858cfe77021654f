package io.twintrack.node.demo;

import java.io.PrintStream;
import java.util.Locale;

/** A line for every quarter of the way: readable in a log. */
final class ProgressInLines implements Progress {
    private static final int STEPS = 4;

    private final String task;
    private final long bytes;
    private final PrintStream out;
    private long stepsShown;

    ProgressInLines(final String task, final long bytes, final PrintStream out) {
        this.task = task;
        this.bytes = bytes;
        this.out = out;
    }

    @Override
    public void show(final long done, final String extra) {
        final long steps = bytes == 0 ? STEPS : done * STEPS / bytes;
        if (steps > stepsShown) {
            stepsShown = steps;
            out.println(String.format(Locale.ROOT, "%s %d %% of %.1f MiB %s",
                task, steps * 100 / STEPS, bytes / 1048576.0, extra).stripTrailing());
        }
    }

    @Override
    public void close() {
        // Every line is out already.
    }
}
