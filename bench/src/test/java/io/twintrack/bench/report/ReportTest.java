package io.twintrack.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.twintrack.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private final Results results = new Results();

    @Test
    void tableShowsMediansRulesCopiesAndGaps() {
        fill();
        final List<String> lines = Table.of(results).lines().toList();
        assertTrue(lines.contains(
            "write-4k-d1  fio-one                   20,000       81.9       50.0      100.0          -"),
                lines::toString);
        assertTrue(lines.contains(
            "write-4k-d1  twintrack-inprocess       15,000       61.4       60.0      120.0       55.5"),
                lines::toString);
        assertTrue(lines.contains("PASS         in process, 4 KiB writes, depth 1"), lines::toString);
        assertTrue(lines.contains(
            "             p50 us twintrack-inprocess / fio-one <= 1.25: 1.20 (1.00..1.40)"), lines::toString);
        assertTrue(lines.contains("not measured NBD, 4 KiB writes, depth 32"), lines::toString);
        assertTrue(lines.contains("twintrack-inprocess: both copies compared 2 times, equal"), lines::toString);
        assertTrue(lines.contains("qemu-quorum: skipped: no qemu-storage-daemon here"), lines::toString);
    }

    @Test
    void tableShoutsWhenCopiesDiffer() {
        results.compared("twintrack-nbd", 8192);
        assertTrue(Table.of(results).contains("DIFFERENT in pages of 8192 bytes"));
        assertFalse(results.isSound());
    }

    @Test
    void aSkippedSystemIsNoFailureAFailedOneIs() {
        results.absent("a", "skipped: not here");
        assertTrue(results.isSound());
        results.absent("b", "failed: in write-4k-d1: gone");
        assertFalse(results.isSound());
    }

    @Test
    void jsonHoldsEverySampleAndVerdict(@TempDir final Path dir) throws IOException {
        fill();
        final Path file = dir.resolve("bench.json");
        JsonReport.write(file, Map.of("kernel", "6.1"), results);
        final JsonNode json = new JsonMapper().readTree(file.toFile());
        assertEquals("6.1", json.at("/about/kernel").asText());
        assertEquals(6, json.path("samples").size());
        assertEquals("write-4k-d1", json.at("/samples/0/workload").asText());
        assertTrue(json.at("/samples/0/cpuMicros").isNull());
        assertEquals("PASS", json.at("/rules/0/verdict").asText());
        assertEquals(1.2, json.at("/rules/0/anyOf/0/ratio/median").asDouble(), 1e-9);
        assertEquals(2, json.at("/compares/twintrack-inprocess").asInt());
        assertEquals("skipped: no qemu-storage-daemon here", json.at("/absent/qemu-quorum").asText());
    }

    private void fill() {
        final double[] ours = {50, 60, 70};
        for (int round = 0; round < ours.length; round++) {
            add(round, "fio-one", 20_000, 50, null);
            add(round, "twintrack-inprocess", 15_000, ours[round], 55.5);
        }
        results.compared("twintrack-inprocess", 0);
        results.compared("twintrack-inprocess", 0);
        results.absent("qemu-quorum", "skipped: no qemu-storage-daemon here");
    }

    private void add(final int round, final String system, final double iops, final double p50, final Double cpu) {
        results.add(new Sample(round, Workload.WRITE_4K_D1, system, iops, iops * 4096, p50, p50 * 2, cpu));
    }
}
