package io.twintrack.engine.pair;

import java.util.List;

/**
 * How far a verify or its repair is, and what it found.
 *
 * @param running     false when it has ended.
 * @param complete    it has ended, and every byte was compared, or every range mended: a lost peer breaks it off, and
 *                    an unreadable sector leaves a gap.
 * @param done        in bytes.
 * @param total       in bytes.
 * @param differences ranges that differ, even those that are not listed.
 * @param ranges      the first of them, in ascending order.
 */
public record VerifyStatus(
    boolean running, boolean complete, long done, long total, long differences, List<Range> ranges) {
    public VerifyStatus {
        ranges = List.copyOf(ranges);
    }

    /** In bytes of the volume. */
    public record Range(long offset, long length) {
    }
}
