package io.twintrack.node;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a child with its parent, however the parent ended: the parent holds the other end of the child's standard input
 * and never writes to it, so its end is the parent's end.
 */
final class ParentWatch {
    private static final long LONGEST_STOP_MS = 15_000;
    private static final int EXIT_ORPHANED = 71;

    private ParentWatch() {
    }

    static void start(final InputStream fromParent, final StopSignal stop) {
        final Thread thread = new Thread(() -> watch(fromParent, stop), "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void watch(final InputStream fromParent, final StopSignal stop) {
        try {
            while (fromParent.read() >= 0) {
                // Whatever comes means nothing; only the end counts.
            }
        } catch (final IOException e) {
            // A broken pipe is an end as well.
        }
        stop.request();
        haltUnlessStopped();
    }

    /** The process ends long before this when the node stops as it should. */
    private static void haltUnlessStopped() {
        try {
            Thread.currentThread().join(LONGEST_STOP_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(EXIT_ORPHANED);
    }
}
