package io.twintrack.node;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** On the host, before the guest boots: a command that finds no disk, so that its classes are in the archive. */
@Timeout(120)
class DiskCommandRehearsal {
    @Test
    void whatIsNoDiskIsRefused() {
        final StringWriter out = new StringWriter();
        final PrintWriter writer = new PrintWriter(out, true);
        assertEquals(1, Twintrack.commandLine(new Twintrack()).setOut(writer).setErr(writer)
            .execute("disk", "identify", "/dev/null"), out::toString);
    }
}
