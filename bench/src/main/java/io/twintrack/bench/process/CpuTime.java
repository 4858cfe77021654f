package io.twintrack.bench.process;

import java.io.IOException;
import java.util.Collection;

/** Processor time of all the processes of one system together. */
public final class CpuTime {

    private CpuTime() {
    }

    /** @return microseconds, in steps of 10,000. @throws java.nio.file.NoSuchFileException if one is gone. */
    public static long microsOf(final Collection<Long> pids) throws IOException {
        long sum = 0;
        for (final long pid : pids) {
            sum += ProcStat.of(pid).cpuMicros();
        }
        return sum;
    }
}
