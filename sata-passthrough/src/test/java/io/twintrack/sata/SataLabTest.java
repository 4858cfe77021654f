package io.twintrack.sata;

import io.twintrack.sata.lab.SataLab;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The tests that need a SATA disk, in one boot of the guest. */
class SataLabTest {
    @TestFactory
    Stream<DynamicTest> inTheGuest() throws Exception {
        return new SataLab(Path.of("target/sata-lab")).run(names(SataRehearsal.class),
            names(SataBlockDeviceHardware.class, WaysHardware.class, QueueHardware.class, FaultHardware.class,
                RefusalHardware.class, LeavingHardware.class));
    }

    private static List<String> names(final Class<?>... tests) {
        return Stream.of(tests).map(Class::getName).toList();
    }
}
