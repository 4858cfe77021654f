package io.twintrack.node.demo;

import io.twintrack.node.NodeCounts;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** What came out of the demo, filled step by step, and its table. */
final class DemoResult {
    private static final long EQUAL = -1;

    Meter writes;
    NodeCounts counts;
    long readBackDifference;
    /** While the target was severed. */
    long changedTracks;
    long totalTracks;
    long trackBytes;
    /** That brought the target up to date again. */
    long copiedBytes;
    /** Ranges that a verify found to differ. */
    long differences;
    /** As read on the target, while it was the primary. */
    long promotedDifference;
    long imageDifference;
    long imageLength;

    private final Path input;

    DemoResult(final Path input) {
        this.input = input;
    }

    boolean isEqual() {
        return readBackDifference == EQUAL && differences == 0 && promotedDifference == EQUAL
            && imageDifference == EQUAL;
    }

    void print(final PrintWriter out) {
        out.println();
        row(out, "input", input.toString());
        row(out, "bytes", format("%d", writes.bytes()));
        row(out, "rate", format("%.1f MB/s", writes.megabytesPerSecond()));
        row(out, "write p50", format("%.3f ms", writes.latencyMs(50)));
        row(out, "write p99", format("%.3f ms", writes.latencyMs(99)));
        row(out, "frames", format("%d", counts.frames()));
        row(out, "resends", format("%d", counts.resends()));
        row(out, "read back", verdict(readBackDifference));
        row(out, "changed", changedTracks + " of " + totalTracks + " tracks, while severed");
        row(out, "travelled", copiedBytes / trackBytes + " of " + totalTracks + " tracks (" + copiedBytes + " bytes)");
        row(out, "verify", differences == 0 ? "equal" : "NOT equal in " + differences + " ranges");
        row(out, "promoted", verdict(promotedDifference) + ", read on the target");
        row(out, "images", verdict(imageDifference) + format(" (%d bytes each)", imageLength));
        out.flush();
    }

    private static String verdict(final long difference) {
        return difference == EQUAL ? "equal" : "NOT equal from byte " + difference + " on";
    }

    private static void row(final PrintWriter out, final String name, final String value) {
        out.println(String.format(Locale.ROOT, "%-10s  %s", name, value));
    }

    private static String format(final String pattern, final Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
