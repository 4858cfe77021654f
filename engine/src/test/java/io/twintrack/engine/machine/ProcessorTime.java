package io.twintrack.engine.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this machine's processors did since it started, and what a hypervisor kept from them (proc(5), /proc/stat).
 *
 * @param ran    ticks in which they worked.
 * @param stolen ticks in which they had work, and another machine ran in their place.
 */
public record ProcessorTime(long ran, long stolen) {
    private static final Path STAT = Path.of("/proc/stat");
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int STEAL = 8;

    public static ProcessorTime now() throws IOException {
        return parse(Files.readAllLines(STAT).get(0));
    }

    /** @param line cpu user nice system idle iowait irq softirq steal guest guest_nice; the last two are in user too. */
    public static ProcessorTime parse(final String line) {
        final String[] fields = line.trim().split(" +");
        long ran = 0;
        for (int i = 1; i < STEAL; i++) {
            ran += i == IDLE || i == IO_WAIT ? 0 : Long.parseLong(fields[i]);
        }
        return new ProcessorTime(ran, Long.parseLong(fields[STEAL]));
    }

    /** @return of the time that this machine wanted since then, the part that it did not get: 0 to 1. */
    public double withheldSince(final ProcessorTime earlier) {
        final long got = ran - earlier.ran;
        final long lost = stolen - earlier.stolen;
        return lost == 0 ? 0 : (double) lost / (got + lost);
    }
}
