package io.twintrack.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrack.bench.report.Results;
import io.twintrack.bench.report.Sample;
import io.twintrack.bench.system.SystemUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundsTest {
    private final List<String> log = new ArrayList<>();
    private final Results results = new Results();

    @TempDir(factory = DiskFolder.class)
    private Path dir;
    private Volumes volumes;

    @BeforeEach
    void make() throws IOException {
        assumeTrue(!Files.getFileStore(dir).type().equals("tmpfs"), "skipped: the build folder is on tmpfs");
        volumes = Volumes.create(dir, dir, 1 << 20);
        volumes.writeZeros();
    }

    @Test
    void everyRoundBeginsWithAnotherSystem() {
        run(3, List.of(Workload.WRITE_4K_D1), system("a"), system("b"), system("c"));
        assertEquals(
            List.of("a", "b", "c", "b", "c", "a", "c", "a", "b"),
            results.samples().stream().map(Sample::system).toList());
        assertEquals(List.of(0, 0, 0, 1, 1, 1, 2, 2, 2), results.samples().stream().map(Sample::round).toList());
    }

    @Test
    void systemsOfOneWorkloadRunBackToBack() {
        run(1, List.of(Workload.WRITE_4K_D1, Workload.READ_4K_D32), system("a"), system("b"));
        assertEquals(
            List.of("write-4k-d1 a", "write-4k-d1 b", "read-4k-d32 a", "read-4k-d32 b"),
            results.samples().stream().map(s -> s.workload().label() + " " + s.system()).toList());
    }

    @Test
    void eachCellIsStartedWarmedUpMeasuredAndStopped() {
        run(1, List.of(Workload.WRITE_4K_D1), system("a"), system("b"));
        assertEquals(
            List.of("a start", "a run", "a run", "a stop", "b start", "b run", "b run", "b stop"), log);
    }

    @Test
    void aSystemThatFailsIsStoppedNamedAndLeftOut() {
        for (final String step : List.of("start", "run", "stop")) {
            log.clear();
            run(2, List.of(Workload.WRITE_4K_D1), system(step).failsIn(step), system("other"));
            assertEquals(1, log.stream().filter((step + " stop")::equals).count(), log::toString);
            assertEquals("failed: in write-4k-d1: " + step + " failed", results.absent().get(step));
        }
        assertEquals(6, results.samples().size());
    }

    @Test
    void aMirrorStartsFromEqualCopiesAndIsCompared() throws IOException {
        Files.write(volumes.origin(), new byte[] {1}, StandardOpenOption.WRITE);
        run(1, List.of(Workload.WRITE_4K_D1, Workload.READ_4K_D32), system("plain"),
            new FakeSystem("mirror", true, log));
        assertEquals(Map.of("mirror", 1L), results.checks());
        assertEquals(Map.of("mirror", 0L), results.differences());
    }

    @Test
    void whatIsNotHereIsNotRun() {
        results.absent("a", "skipped: not here");
        run(2, List.of(Workload.WRITE_4K_D1), system("a"));
        assertTrue(log.isEmpty(), log::toString);
    }

    private FakeSystem system(final String name) {
        return new FakeSystem(name, false, log);
    }

    private void run(final int rounds, final List<Workload> workloads, final SystemUnderTest... systems) {
        final Duration second = Duration.ofSeconds(1);
        new Rounds(volumes, new Rounds.Plan(List.of(systems), workloads, rounds, second, second), results, line -> { })
            .run();
    }
}
