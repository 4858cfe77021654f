package io.twintrack.sata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the kernel's files about disks. What is absent reads as empty.
 *
 * @param sys  /sys, but for tests.
 * @param proc /proc, but for tests.
 */
record SysFiles(Path sys, Path proc) {
    static final SysFiles SYSTEM = new SysFiles(Path.of("/sys"), Path.of("/proc"));

    Path block(final String name) {
        return sys.resolve("class/block").resolve(name);
    }

    static String text(final Path file) {
        try {
            return Files.readString(file).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    /** @return the number that the file holds, or the fallback. */
    static long number(final Path file, final long fallback) {
        final String text = text(file);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : fallback;
    }

    /** Names in a folder, sorted. */
    static List<String> names(final Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (final IOException e) {
            return List.of();
        }
    }

    static List<String> lines(final Path file) {
        return text(file).lines().toList();
    }
}
