package io.twintrack.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrack.engine.machine.Deadline;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcStatTest {

    @Test
    void addsUserAndSystemTicks() {
        assertEquals(31_110_000, cpuMicros(
            "1234 (java) S 1 1234 1234 0 -1 4194560 36 12 1 0 3000 111 7 8 20 0 33 0 99 1 1 18446744073709551615\n"));
    }

    @Test
    void findsTheFieldsBehindAnyName() {
        assertEquals(30_000, cpuMicros("7 (a) b) (c 1 2) R 1 7 7 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 5 0 0\n"));
    }

    @Test
    void seesWhatThisProcessBurns() throws IOException {
        final List<Long> self = List.of(ProcessHandle.current().pid());
        final long before = CpuTime.microsOf(self);
        final Deadline deadline = Deadline.in(20);
        while (CpuTime.microsOf(self) < before + 50_000) {
            assertFalse(deadline.isOver(), "no processor time in 20 s of work");
        }
    }

    @Test
    void readsTheState() {
        assertEquals('Z', ProcStat.parse("7 (a) Z 1 7 7 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 5 0 0\n").state());
    }

    @Test
    void refusesAProcessThatIsGone() throws Exception {
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        assertThrows(NoSuchFileException.class, () -> CpuTime.microsOf(List.of(process.pid())));
    }

    private static long cpuMicros(final String stat) {
        return ProcStat.parse(stat).cpuMicros();
    }
}
