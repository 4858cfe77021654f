package io.twintrack.node.e2e;

import io.twintrack.node.Twintrack;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words that start the program as bin/twintrack does, with this Java: the jar that the build made, and the archive
 * of its classes, so that it starts in half of the time; without a build, the classes under test.
 */
final class ProgramCommand {
    private ProgramCommand() {
    }

    /** @param options of the Java virtual machine. */
    static List<String> of(final String... options) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (final String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--add") || option.startsWith("--enable") || option.startsWith("--sun")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:-UsePerfData",
            "-Dlogback.configurationFile=logback.xml"));
        final String archive = System.getProperty("twintrack.jsa", "");
        if (Files.isRegularFile(Path.of(archive))) {
            // Quietly: newer Javas tell on standard output that their own archive was made without our flags.
            command.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off"));
        }
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("twintrack.jar", System.getProperty("java.class.path")),
            Twintrack.class.getName()));
        return command;
    }
}
