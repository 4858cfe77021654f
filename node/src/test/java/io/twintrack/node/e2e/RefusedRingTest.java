package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Nodes for which the kernel refuses io_uring, as in a container with a seccomp profile. */
class RefusedRingTest {
    private static final String WITHOUT = "without_io_uring.py";

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void plainSystemCallsTakeItsPlaceWithOneWarning() throws IOException {
        Tool.assumeInstalled("python3", "fio", "cmp");
        final String script = script().toString();
        try (Pair pair = new Pair(folder).prepare()) {
            pair.startTarget("python3", script);
            pair.startOrigin("python3", script).awaitServing(30);
            pair.awaitUpToDate();
            pair.verify(System.nanoTime() >>> 16, 60, "--size=8M", "--fsync=64");
            pair.origin().signal("KILL");
            pair.startOrigin("python3", script).awaitServing(30);
            pair.stopAndCompare();
            assertEquals(1, pair.origin().logged("WARN.*no io_uring \\(.*\\): plain system calls take its place"),
                pair::toString);
            assertEquals(1, pair.target().logged("WARN.*no io_uring \\("), pair::toString);
        }
    }

    private Path script() throws IOException {
        final Path script = folder.resolve(WITHOUT);
        try (InputStream in = getClass().getResourceAsStream(WITHOUT)) {
            Files.copy(in, script);
        }
        return script;
    }
}
