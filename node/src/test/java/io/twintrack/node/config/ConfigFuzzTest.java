package io.twintrack.node.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Any text is a configuration or has problems that are told, each with a line of the text. */
class ConfigFuzzTest {
    private static final Path EXAMPLE = Path.of("../docs/example-node.yaml");
    private static final int MOST_EDITS = 6;
    private static final String LINE_ENDS = "\r\n\u0085\u2028\u2029";

    @TempDir
    private static Path folder;
    private static List<String> example;

    @BeforeAll
    static void read() throws IOException {
        example = Files.readAllLines(EXAMPLE).stream()
            .filter(line -> !line.isBlank() && !line.strip().startsWith("#")).toList();
    }

    private static void check(final String text) {
        try {
            assertNotNull(ConfigReader.read(folder.resolve("node.yaml"), text));
        } catch (final InvalidConfigException e) {
            assertFalse(e.problems().isEmpty());
            final long lines = 1 + text.chars().filter(character -> LINE_ENDS.indexOf(character) >= 0).count();
            for (final Problem problem : e.problems()) {
                assertTrue(problem.line() >= 1 && problem.line() <= lines, () -> problem + ", of " + lines + " lines");
                assertNotNull(problem.toString());
            }
        }
    }

    @FuzzTest(maxDuration = "2m")
    void anyText(final FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    /** The example with lines left out, repeated, moved and with other values. */
    @FuzzTest(maxDuration = "2m")
    void theExampleChanged(final FuzzedDataProvider data) {
        final List<String> lines = new ArrayList<>(example);
        for (int i = 0; i < MOST_EDITS && data.remainingBytes() > 0; i++) {
            final int at = data.consumeInt(0, lines.size() - 1);
            final String line = lines.get(at);
            switch (data.consumeInt(0, 3)) {
                case 0 -> lines.set(at, "");
                case 1 -> lines.add(data.consumeInt(0, lines.size()), line);
                case 2 -> lines.set(at, line.substring(0, line.indexOf(':') + 1) + ' ' + data.consumeString(40));
                default -> lines.set(at, line.substring(0, data.consumeInt(0, line.length())) + data.consumeString(8));
            }
        }
        check(String.join("\n", lines));
    }
}
