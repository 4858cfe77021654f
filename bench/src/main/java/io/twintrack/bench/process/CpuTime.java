package io.twintrack.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Processor time of whole processes, user and system, all threads, those that have ended included.
 * Source: /proc/PID/stat, fields 14 and 15; see proc(5).
 */
public final class CpuTime {
    /** Linux reports these fields in units of 1/USER_HZ, which is 100 on every architecture that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;
    private static final int UTIME = 14;
    private static final int STIME = 15;

    private CpuTime() {
    }

    /** @return microseconds, in steps of 10,000. @throws NoSuchFileException if one of them has ended. */
    public static long microsOf(final Collection<Long> pids) throws IOException {
        long sum = 0;
        for (final long pid : pids) {
            final byte[] stat = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            sum += parse(new String(stat, StandardCharsets.UTF_8));
        }
        return sum;
    }

    /** The name in field 2 may hold blanks and parentheses: fields are counted from the last parenthesis on. */
    static long parse(final String stat) {
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
        return (Long.parseLong(fields[UTIME - 3]) + Long.parseLong(fields[STIME - 3])) * MICROS_PER_TICK;
    }
}
