package io.twintrack.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.bench.report.Ratio;
import io.twintrack.bench.report.Rule;
import io.twintrack.bench.system.SystemUnderTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private final List<SystemUnderTest> all = List.of(
        new FakeSystem("fio-both", false, List.of()),
        new FakeSystem("qemu-export", false, List.of()),
        new FakeSystem("qemu-mirror", true, List.of()),
        new FakeSystem("nbdkit-null", false, List.of()).onRequest());

    @Test
    void withoutNamesItIsAllButWhatMustBeNamed() {
        assertEquals(List.of("fio-both", "qemu-export", "qemu-mirror"), chosen());
        assertEquals(List.of(Workload.values()), Catalogue.workloads(List.of()));
    }

    @Test
    void namesChooseSystemsAndWorkloadsApart() {
        assertEquals(List.of("qemu-export", "qemu-mirror"), chosen("qemu-*"));
        assertEquals(List.of(Workload.values()), Catalogue.workloads(List.of("qemu-*")));
        assertEquals(List.of("fio-both", "qemu-export", "qemu-mirror"), chosen("write-4k-*"));
        assertEquals(
            List.of(Workload.WRITE_4K_D1, Workload.WRITE_4K_D32), Catalogue.workloads(List.of("write-4k-*")));
        assertEquals(List.of("nbdkit-null"), chosen("nbdkit-null", "read-4k-d32"));
    }

    @Test
    void aNameThatFitsNothingIsRefused() {
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> chosen("qemu"));
        assertTrue(e.getMessage().contains("--only qemu fits none of fio-both, "), e.getMessage());
    }

    @Test
    void rulesSpeakOfSystemsThatExist() {
        final Set<String> names = Catalogue.systems(null, null, "native", Path.of("bin/twintrack")).stream()
            .map(SystemUnderTest::name).collect(Collectors.toSet());
        for (final Rule rule : Rule.all()) {
            for (final Rule.Limit limit : rule.anyOf()) {
                final Ratio ratio = limit.ratio();
                assertTrue(names.contains(ratio.system()) && names.containsAll(ratio.over()), ratio.toString());
            }
        }
    }

    private List<String> chosen(final String... only) {
        return Catalogue.chosen(all, List.of(only)).stream().map(SystemUnderTest::name).toList();
    }
}
