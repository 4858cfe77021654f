package io.twintrack.node;

import io.twintrack.sata.lab.Guest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** In the guest: what a person sees of its disks. */
@Timeout(180)
class DiskCommandHardware {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void requireGuest() {
        Guest.require();
    }

    private int run(final String... arguments) {
        final CommandLine commandLine = Twintrack.commandLine(new Twintrack());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        final int exit = commandLine.execute(arguments);
        System.err.println("[guest] " + String.join(" ", arguments) + '\n' + out + err);
        return exit;
    }

    private void assertShows(final String pattern) {
        assertTrue(out.toString().lines().anyMatch(line -> line.matches(pattern)), () -> pattern + "\n" + out);
    }

    @Test
    void list() {
        assertEquals(0, run("disk", "list"));
        assertShows(Guest.disk("LAB0") + " +64 MiB +TWINTRACK-LAB +LAB0 +5000c500000000a0 +32 +-");
        assertShows(Guest.disk("SCSI0") + " .*is not an ATA disk.*");
    }

    @Test
    void identify() {
        assertEquals(0, run("disk", "identify", Guest.disk("LAB4")));
        assertShows("physical sector +4096 bytes");
        assertShows("durable writes by +NCQ");
        assertEquals(1, run("disk", "identify", Guest.disk("SCSI0")));
        assertTrue(err.toString().contains("is not an ATA disk"), err::toString);
    }

    @Test
    void health() {
        assertEquals(0, run("disk", "health", Guest.disk("LAB5")));
        assertShows("SMART verdict +PASSED");
        assertShows("temperature +[0-9]+ degrees Celsius");
    }
}
