package io.twintrack.node.demo;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void writesALineForEachQuarter() {
        try (Progress progress = Progress.of("copying", 8 << 20, out, false)) {
            for (int done = 0; done <= 8 << 20; done += 1 << 20) {
                progress.show(done, "at " + done);
            }
        }
        assertEquals("""
            copying 25 % of 8.0 MiB at 2097152
            copying 50 % of 8.0 MiB at 4194304
            copying 75 % of 8.0 MiB at 6291456
            copying 100 % of 8.0 MiB at 8388608
            """, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void drawsABarOnATerminal() {
        try (Progress progress = Progress.of("copying", 8 << 20, out, true)) {
            progress.show(8 << 20, "512 MB/s");
        }
        final String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("copying 100%"), text);
        assertTrue(text.contains("512 MB/s"), text);
    }
}
