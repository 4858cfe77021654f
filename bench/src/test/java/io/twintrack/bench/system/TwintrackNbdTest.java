package io.twintrack.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrack.bench.DiskFolder;
import io.twintrack.bench.Volumes;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell script that prints what the demo prints takes its place. */
class TwintrackNbdTest {
    private static final String NODES = """
        #!/bin/sh
        echo "$@" > "$0.arguments"
        sleep 600 & origin=$!
        sleep 600 & target=$!
        echo "some line before"
        echo "origin pid $origin"
        echo "target pid $target"
        echo "ready nbd://127.0.0.1:10809/vol0"
        """;
    private static final String ORDERLY = NODES + "trap 'kill $origin $target; wait; exit 0' TERM; wait\n";

    @TempDir(factory = DiskFolder.class)
    private Path dir;
    private Volumes volumes;
    private Children children;

    @BeforeEach
    void make() throws IOException {
        assumeTrue(!Files.getFileStore(dir).type().equals("tmpfs"), "skipped: the build folder is on tmpfs");
        volumes = Volumes.create(dir, dir, 1 << 20);
        children = new Children(dir.resolve("logs"));
    }

    @AfterEach
    void end() {
        children.close();
    }

    @Test
    void startsTheDemoOnTheBenchsFilesAndEndsItsNodes() throws IOException {
        final Path program = program(ORDERLY);
        final TwintrackNbd system = system(program);
        assertEquals("", system.unavailable().filter(reason -> !reason.contains("fio")).orElse(""));
        system.start(volumes);
        final Set<Long> pids = system.pids();
        assertEquals(3, pids.size());
        assertTrue(pids.stream().allMatch(TwintrackNbdTest::isAlive));
        assertEquals(
            "demo --serve --processes --dir " + volumes.dir() + " --size 1048576",
            Files.readString(Path.of(program + ".arguments")).strip());
        system.stop();
        assertTrue(pids.stream().noneMatch(TwintrackNbdTest::isAlive));
        assertTrue(system.pids().isEmpty());
        system.stop();
    }

    @Test
    void endsNodesOfADemoThatDied() throws IOException {
        final TwintrackNbd system = system(program(NODES + "trap 'exit 1' TERM; wait\n"));
        system.start(volumes);
        final Set<Long> pids = system.pids();
        final long demo = pids.iterator().next();
        ProcessHandle.of(demo).orElseThrow().destroyForcibly();
        ProcessHandle.of(demo).ifPresent(handle -> handle.onExit().join());
        assertThrows(IOException.class, system::stop);
        assertFalse(pids.stream().anyMatch(TwintrackNbdTest::isAlive));
    }

    @Test
    void aDemoThatFailsSaysWhy() throws IOException {
        final TwintrackNbd system = system(program("#!/bin/sh\necho no room >&2; exit 1\n"));
        final IOException e = assertThrows(IOException.class, () -> system.start(volumes));
        assertTrue(e.getMessage().contains("no room"), e.getMessage());
        system.stop();
    }

    @Test
    void withoutTheProgramItIsSkipped() {
        final TwintrackNbd system = system(dir.resolve("nothing"));
        assertTrue(system.unavailable().orElseThrow().contains("--twintrack"));
    }

    /** The program of a test has no pair that could be in step. */
    private TwintrackNbd system(final Path program) {
        return new TwintrackNbd(children, null, program, pair -> { });
    }

    private static boolean isAlive(final long pid) {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) Z .*");
        } catch (final IOException e) {
            return false;
        }
    }

    private Path program(final String script) throws IOException {
        final Path program = dir.resolve("twintrack");
        Files.writeString(program, script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }
}
