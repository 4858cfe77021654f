package io.twintrack.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class JmhCommandTest {

    @Test
    void forksGetTheFlagsOfTheBuild() throws IOException {
        final List<String> flags = JmhCommand.forkFlags(17);
        assertTrue(flags.contains("java.base/java.util.zip=ALL-UNNAMED"), flags::toString);
        assertFalse(flags.stream().anyMatch(flag -> flag.contains("sun-misc-unsafe")), flags::toString);
        assertEquals(flags.size() + 2, JmhCommand.forkFlags(25).size());
    }

    /** The build gives its tests the same flags; there a short form takes the place of some words. */
    @Test
    void thisVirtualMachineHasThem() throws IOException {
        final String own = String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments());
        for (final String flag : JmhCommand.forkFlags(Runtime.version().feature())) {
            assertTrue(own.contains(flag), flag + " is not in " + own);
        }
    }
}
