package io.twintrack.bench;

import io.twintrack.bench.load.Fio;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.system.EmbeddedNode;
import io.twintrack.bench.system.NbdkitNull;
import io.twintrack.bench.system.PlainFiles;
import io.twintrack.bench.system.Qemu;
import io.twintrack.bench.system.SystemUnderTest;
import io.twintrack.bench.system.TwintrackInProcess;
import io.twintrack.bench.system.TwintrackNbd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that can be measured, and the choice of it by name. */
final class Catalogue {

    private Catalogue() {
    }

    static List<SystemUnderTest> systems(
        final Children children, final Fio fio, final String qemuAio, final Path program) {
        final List<SystemUnderTest> all = new ArrayList<>();
        all.add(PlainFiles.one(fio));
        all.add(PlainFiles.both(fio));
        all.addAll(Qemu.all(children, fio, qemuAio));
        all.add(new TwintrackNbd(children, fio, program));
        all.add(new TwintrackInProcess(new EmbeddedNode(children, program)));
        all.add(new NbdkitNull(children, fio));
        return all;
    }

    /** @throws IllegalArgumentException if a name fits no system and no workload. */
    static List<SystemUnderTest> chosen(final List<SystemUnderTest> all, final List<String> only) {
        final List<String> names = new ArrayList<>();
        all.forEach(system -> names.add(system.name()));
        Stream.of(Workload.values()).forEach(workload -> names.add(workload.label()));
        for (final String name : only) {
            if (names.stream().noneMatch(pattern(name).asMatchPredicate())) {
                throw new IllegalArgumentException("--only " + name + " fits none of " + String.join(", ", names));
            }
        }
        final List<SystemUnderTest> named = all.stream().filter(s -> fits(only, s.name())).toList();
        return named.isEmpty() ? all.stream().filter(SystemUnderTest::byDefault).toList() : named;
    }

    static List<Workload> workloads(final List<String> only) {
        final List<Workload> named = Stream.of(Workload.values()).filter(w -> fits(only, w.label())).toList();
        return named.isEmpty() ? List.of(Workload.values()) : named;
    }

    private static boolean fits(final List<String> only, final String name) {
        return only.stream().anyMatch(one -> pattern(one).matcher(name).matches());
    }

    private static Pattern pattern(final String name) {
        return Pattern.compile(Stream.of(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
