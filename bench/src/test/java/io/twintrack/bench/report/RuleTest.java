package io.twintrack.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.bench.Workload;
import io.twintrack.bench.report.Rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleTest {
    private final List<Sample> samples = new ArrayList<>();

    @Test
    void latencyInProcessMayBeAQuarterAboveALocalWrite() {
        add(Workload.WRITE_4K_D1, "fio-one", 1, 40);
        add(Workload.WRITE_4K_D1, "twintrack-inprocess", 1, 50);
        assertEquals(Verdict.PASS, verdict("in process, 4 KiB writes, depth 1"));
        samples.clear();
        add(Workload.WRITE_4K_D1, "fio-one", 1, 40);
        add(Workload.WRITE_4K_D1, "twintrack-inprocess", 1, 50.1);
        assertEquals(Verdict.FAIL, verdict("in process, 4 KiB writes, depth 1"));
    }

    @Test
    void ratesInProcessAreMeasuredAgainstBothFiles() {
        add(Workload.WRITE_4K_D32, "fio-both", 100, 1);
        add(Workload.WRITE_4K_D32, "twintrack-inprocess", 85, 1);
        add(Workload.WRITE_1M_D8, "fio-both", 100, 1);
        add(Workload.WRITE_1M_D8, "twintrack-inprocess", 84, 1);
        assertEquals(Verdict.PASS, verdict("in process, 4 KiB writes, depth 32"));
        assertEquals(Verdict.FAIL, verdict("in process, 1 MiB writes, depth 8"));
    }

    @Test
    void overNbdOneOfTwoLimitsIsEnough() {
        add(Workload.WRITE_4K_D1, "twintrack-nbd", 90, 1);
        add(Workload.WRITE_4K_D1, "qemu-export", 100, 1);
        assertEquals(Verdict.NOT_MEASURED, verdict("NBD, 4 KiB writes, depth 1"), "the bound may still be near");
        add(Workload.WRITE_4K_D1, "fio-both", 100, 1);
        assertEquals(Verdict.PASS, verdict("NBD, 4 KiB writes, depth 1"));
        samples.clear();
        add(Workload.WRITE_4K_D1, "twintrack-nbd", 101, 1);
        add(Workload.WRITE_4K_D1, "qemu-export", 100, 1);
        assertEquals(Verdict.PASS, verdict("NBD, 4 KiB writes, depth 1"));
        samples.clear();
        add(Workload.WRITE_4K_D1, "twintrack-nbd", 80, 1);
        add(Workload.WRITE_4K_D1, "qemu-export", 100, 1);
        add(Workload.WRITE_4K_D1, "fio-both", 100, 1);
        assertEquals(Verdict.FAIL, verdict("NBD, 4 KiB writes, depth 1"));
    }

    @Test
    void otherMirrorsAreLeftBehindThreefold() {
        add(Workload.WRITE_4K_D32, "twintrack-nbd", 59, 1);
        add(Workload.WRITE_4K_D32, "qemu-quorum", 10, 1);
        add(Workload.WRITE_4K_D32, "qemu-mirror", 20, 1);
        assertEquals(Verdict.FAIL, verdict("NBD, 4 KiB writes, depth 32, next to other mirrors"));
        samples.remove(0);
        add(Workload.WRITE_4K_D32, "twintrack-nbd", 60, 1);
        assertEquals(Verdict.PASS, verdict("NBD, 4 KiB writes, depth 32, next to other mirrors"));
    }

    @Test
    void nothingIsMetByNothing() {
        Rule.all().forEach(rule -> assertEquals(Verdict.NOT_MEASURED, rule.verdict(samples), rule.name()));
    }

    private Verdict verdict(final String name) {
        return Rule.all().stream().filter(rule -> rule.name().equals(name)).findFirst().orElseThrow()
            .verdict(samples);
    }

    private void add(final Workload workload, final String system, final double iops, final double p50) {
        samples.add(new Sample(0, workload, system, iops, iops * workload.blockSize(), p50, p50 * 2, 1.0));
    }
}
