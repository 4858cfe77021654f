package io.twintrack.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel tells about one whole process. Source: /proc/PID/stat, see proc(5).
 *
 * @param state     one letter; Z is a process that has ended and waits for its parent.
 * @param cpuMicros processor time, user and system, all threads, those that have ended included; in microseconds, in
 *                  steps of 10,000.
 */
record ProcStat(char state, long cpuMicros) {
    /** Linux reports these fields in units of 1/USER_HZ, which is 100 on every architecture that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;
    private static final int STATE = 3;
    private static final int UTIME = 14;
    private static final int STIME = 15;

    /** @throws java.nio.file.NoSuchFileException if it is gone. */
    static ProcStat of(final long pid) throws IOException {
        final byte[] stat = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
        return parse(new String(stat, StandardCharsets.UTF_8));
    }

    /** The name in field 2 may hold blanks and parentheses: fields are counted from the last parenthesis on. */
    static ProcStat parse(final String stat) {
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
        final long ticks = Long.parseLong(fields[UTIME - STATE]) + Long.parseLong(fields[STIME - STATE]);
        return new ProcStat(fields[0].charAt(0), ticks * MICROS_PER_TICK);
    }

    /** False also for one that has ended and was not collected by its parent yet: Java calls that one alive. */
    static boolean isRunning(final ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            return of(process.pid()).state() != 'Z';
        } catch (final IOException e) {
            return false;
        }
    }
}
