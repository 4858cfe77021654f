package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients that nobody here wrote use the volume, and both images are the same afterwards. */
class RealClientsTest {
    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void fioReadsBackWhatItWroteInRandomPieces() {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = new Pair(folder).start()) {
            Fio.runVerify(folder, 60, pair.uri(), seed);
            pair.stopAndCompare();
            assertTrue(pair.target().counted("payload bytes received") >= pair.size() / 2, pair::toString);
        }
    }
}
