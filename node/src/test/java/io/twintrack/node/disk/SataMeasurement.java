package io.twintrack.node.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.sata.lab.SataLab;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Measures the ways of sending commands in the guest, when it is asked to: bin/sata-lab measure. */
class SataMeasurement {
    @Test
    void ways() throws Exception {
        Assumptions.assumeTrue(Boolean.getBoolean("sata.lab.measure"), "run by bin/sata-lab measure");
        final Path folder = Path.of("target/sata-measurement").toAbsolutePath();
        final SataLab lab = new SataLab(folder);
        assertEquals(0, lab.boot(WaysBenchmark.class), lab::console);
        Files.lines(folder.resolve("console.log")).filter(line -> line.startsWith("|")).forEach(System.out::println);
    }
}
