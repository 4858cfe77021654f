package io.twintrack.node.e2e;

import io.twintrack.node.Twintrack;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The program's commands, given to a running node. They run in this process: one that starts takes half a second. */
final class CommandLine {
    static final int REFUSED = 4;

    private final Path config;

    /** @param config of the node that is meant. */
    CommandLine(final Path config) {
        this.config = config;
    }

    /** @return what it printed. It must end well. */
    String run(final String... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        assertEquals(0, execute(out, err, words), () -> String.join(" ", words) + ": " + out + err);
        return out.toString();
    }

    /** @return what it said. It must fail so, and say why. */
    String fail(final int exitCode, final String because, final String... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        assertEquals(exitCode, execute(out, err, words), () -> String.join(" ", words) + ": " + out + err);
        final String said = out.toString() + err;
        assertTrue(said.contains(because), () -> String.join(" ", words) + " was to say \"" + because + "\": " + said);
        return said;
    }

    /** The node must refuse it, and say why. */
    String refused(final String because, final String... words) {
        return fail(REFUSED, because, words);
    }

    /** @return what it said when it was refused, or nothing. */
    String runUnlessRefused(final String... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final int exitCode = execute(out, err, words);
        assertTrue(exitCode == 0 || exitCode == REFUSED, () -> String.join(" ", words) + ": " + out + err);
        return exitCode == 0 ? "" : out.toString() + err;
    }

    private int execute(final StringWriter out, final StringWriter err, final String... words) {
        final List<String> all = new ArrayList<>(List.of(words));
        all.add("--config");
        all.add(config.toString());
        return Twintrack.execute(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }
}
