package io.twintrack.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FioOutputTest {

    @Test
    void readsOneJobBehindTheNbdEnginesLine() throws IOException {
        final LoadResult result = FioOutput.parse(sample("fio-nbd-read.json"), false, 1);
        assertEquals(33_025, result.operations());
        assertEquals(0.501, result.seconds());
        assertEquals(33_025 / 0.501, result.iops());
        assertEquals(87.552, result.p50Micros());
        assertEquals(288.768, result.p99Micros());
    }

    @Test
    void givesEachOfTwoJobsItsShare() throws IOException {
        final LoadResult result = FioOutput.parse(sample("fio-two-files.json"), true, 2);
        assertEquals(24_796 / 2, result.operations());
        assertEquals(211.968, result.p50Micros());
    }

    @Test
    void refusesTheSideThatDidNothing() {
        assertThrows(IOException.class, () -> FioOutput.parse(sample("fio-nbd-read.json"), true, 1));
    }

    @Test
    void refusesAJobThatFailed() throws IOException {
        final String failed = sample("fio-nbd-read.json").replace("\"error\": 0", "\"error\": 5");
        final IOException e = assertThrows(IOException.class, () -> FioOutput.parse(failed, false, 1));
        assertEquals("fio reports error 5 in job \"nbd\"", e.getMessage());
    }

    @Test
    void refusesWhatIsNoJson() {
        assertThrows(IOException.class, () -> FioOutput.parse("", true, 1));
        assertThrows(IOException.class, () -> FioOutput.parse("fio: failed to connect\n", true, 1));
        assertThrows(IOException.class, () -> FioOutput.parse("{\"jobs\": [", true, 1));
        assertThrows(IOException.class, () -> FioOutput.parse("{}", true, 1));
    }

    private static String sample(final String name) throws IOException {
        try (InputStream in = FioOutputTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
