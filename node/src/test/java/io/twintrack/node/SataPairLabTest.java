package io.twintrack.node;

import io.twintrack.sata.lab.SataLab;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The node's tests that need SATA disks, in one boot of the guest. */
class SataPairLabTest {
    @TestFactory
    Stream<DynamicTest> inTheGuest() throws Exception {
        return new SataLab(Path.of("target/sata-lab")).run(
            List.of("io.twintrack.node.DiskCommandRehearsal", "io.twintrack.node.e2e.SataPairRehearsal"),
            List.of("io.twintrack.node.DiskCommandHardware", "io.twintrack.node.e2e.SataPairHardware"));
    }
}
