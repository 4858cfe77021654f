package io.twintrack.bench.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks for programs on the search path and names the package that has them. */
final class Tools {

    private Tools() {
    }

    /** @return what is missing and how to get it, or nothing. */
    static Optional<String> missing(final String program, final String debianPackage) {
        for (final String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return Optional.empty();
            }
        }
        return Optional.of("no " + program + " here: apt-get install " + debianPackage);
    }
}
