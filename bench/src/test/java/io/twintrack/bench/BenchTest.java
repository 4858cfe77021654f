package io.twintrack.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole bench on real tools. Where one is not installed the test is skipped and names it. */
class BenchTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir(factory = DiskFolder.class)
    private Path dir;

    @Test
    void measuresEverySystemThatIsHere() throws IOException {
        assumeTools();
        final Path json = dir.resolve("bench.json");
        final int code = Bench.commandLine().execute(
            "--dir", dir.toString(), "--size", "16", "--rounds", "1", "--seconds", "1", "--json", json.toString(),
            "--only", "fio-both,qemu-export,qemu-quorum,qemu-mirror*,write-1m-d8");
        assertEquals(0, code);
        final JsonNode report = new JsonMapper().readTree(json.toFile());
        assertEquals(5, report.path("samples").size());
        for (final JsonNode sample : report.path("samples")) {
            assertTrue(sample.path("iops").asDouble() > 0, sample::toString);
            assertEquals(sample.path("system").asText().equals("fio-both"), sample.path("cpuMicros").isNull());
        }
        assertEquals(3, report.path("compares").size());
        assertEquals(List.of(json), left());
    }

    @Test
    void anInterruptedRunLeavesNothingBehind() throws Exception {
        assumeTools();
        final Process bench = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-cp", System.getProperty("java.class.path"), Bench.class.getName(),
            "--dir", dir.toString(), "--size", "16", "--seconds", "600", "--only", "qemu-quorum,write-4k-d1",
            "--json", dir.resolve("never.json").toString())
            .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        final List<ProcessHandle> family = new ArrayList<>();
        try {
            awaitFamily(bench, family);
            bench.destroy();
            assertTrue(bench.waitFor(LIMIT_NS, TimeUnit.NANOSECONDS), "the bench does not end");
            assertFalse(family.stream().anyMatch(ProcessHandle::isAlive), "a process outlived the bench");
            assertEquals(List.of(), left());
        } finally {
            bench.destroyForcibly();
            family.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void wrongUsageIsNamed() {
        assertEquals(2, Bench.commandLine().execute("--dir", dir.toString(), "--rounds", "0"));
        assertEquals(2, Bench.commandLine().execute("--dir", dir.toString(), "--only", "nobody"));
        assertEquals(2, Bench.commandLine().execute("--dir", dir.toString(), "--qemu-aio", "threads"));
        assertEquals(1, Bench.commandLine().execute("--dir", dir.toString(), "--size", "2000000000"));
        assertEquals(List.of(), left());
    }

    /** Until both daemons and the client run. */
    private static void awaitFamily(final Process bench, final List<ProcessHandle> family) {
        final long deadline = System.nanoTime() + LIMIT_NS;
        while (family.size() < 3 || family.stream().noneMatch(BenchTest::isFio)) {
            assertTrue(System.nanoTime() < deadline && bench.isAlive(), "the bench does not get to its load");
            family.clear();
            family.addAll(bench.descendants().toList());
            Thread.yield();
        }
    }

    private static boolean isFio(final ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/fio");
    }

    private List<Path> left() {
        try (Stream<Path> all = Files.list(dir)) {
            return all.toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assumeTools() throws IOException {
        assumeTrue(!Files.getFileStore(dir).type().equals("tmpfs"), "skipped: the build folder is on tmpfs");
        for (final String tool : List.of("fio", "qemu-storage-daemon")) {
            assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, tool))),
                "skipped: no " + tool + " here: apt-get install fio qemu-system-common");
        }
    }
}
