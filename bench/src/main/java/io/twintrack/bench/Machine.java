package io.twintrack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What numbers mean nothing without: the machine and the versions of the tools. */
final class Machine {
    private static final int VERSION_SECONDS = 10;

    private Machine() {
    }

    static Map<String, Object> about(final List<String> arguments) {
        final Map<String, Object> about = new LinkedHashMap<>();
        about.put("date", OffsetDateTime.now().toString());
        about.put("arguments", arguments);
        about.put("kernel", System.getProperty("os.version"));
        about.put("architecture", System.getProperty("os.arch"));
        about.put("processors", Runtime.getRuntime().availableProcessors());
        about.put("java", Runtime.version().toString());
        about.put("fio", version("fio"));
        about.put("qemu-storage-daemon", version("qemu-storage-daemon"));
        about.put("nbdkit", version("nbdkit"));
        return about;
    }

    /** {@code bin/twintrack}: the one that started this bench, else in the nearest folder from the current one up. */
    static Path twintrack() {
        final String home = System.getProperty("twintrack.home");
        if (home != null) {
            return Path.of(home, "bin/twintrack");
        }
        final Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            final Path program = folder.resolve("bin/twintrack");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return here.resolve("bin/twintrack");
    }

    /** @return the first line that the program prints about itself, or nothing if it is not here. */
    private static String version(final String program) {
        try {
            final Process process = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
            try {
                process.getOutputStream().close();
                final String line = process.inputReader().readLine();
                return process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS) ? line : null;
            } finally {
                process.destroyForcibly();
            }
        } catch (final IOException e) {
            return null;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
