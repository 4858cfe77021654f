package io.twintrack.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a child node tells its parent on its standard output, in lines.
 *
 * <pre>
 *   serving
 *   sent FRAMES RESENDS
 * </pre>
 */
public final class ChildReport {
    private static final String SERVING = "serving";
    private static final String SENT = "sent ";

    private ChildReport() {
    }

    static void serving(final PrintWriter out) {
        out.println(SERVING);
        out.flush();
    }

    static void sent(final NodeCounts counts, final PrintWriter out) {
        out.println(SENT + counts.frames() + ' ' + counts.resends());
        out.flush();
    }

    /** The parent's end. One thread reads, others ask. */
    public static final class Reader {
        private static final long LONGEST_TAIL_S = 5;

        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean serving;
        private volatile NodeCounts counts = new NodeCounts(0, 0);

        /** Reads until the child closes its end. */
        public void readAll(final BufferedReader lines) throws IOException {
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    take(line);
                }
            } finally {
                ended.countDown();
            }
        }

        public boolean isServing() {
            return serving;
        }

        /** Call it after the child's end: waits until all of its lines are read. */
        public NodeCounts counts() {
            try {
                ended.await(LONGEST_TAIL_S, TimeUnit.SECONDS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return counts;
        }

        private void take(final String line) {
            if (line.equals(SERVING)) {
                serving = true;
            } else if (line.matches(SENT + "\\d{1,18} \\d{1,18}")) {
                final String[] words = line.split(" ");
                counts = new NodeCounts(Long.parseLong(words[1]), Long.parseLong(words[2]));
            }
        }
    }
}
