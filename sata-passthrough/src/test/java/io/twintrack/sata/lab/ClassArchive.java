package io.twintrack.sata.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/**
 * The classes under test as the guest gets them: loaded and verified on the host by a {@link Rehearsal}, in an archive
 * that its Java maps (java(1), class data sharing). Emulated, reading classes takes far longer than the tests.
 */
final class ClassArchive {
    private static final long LIMIT_S = 120;

    private final Path folder;
    private final List<String> classPath = new ArrayList<>();
    private final List<Path> packed = new ArrayList<>();

    /** @param folder is made, and holds the archive and the jars. */
    ClassArchive(final Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(Files.isDirectory(Path.of(entry)) ? pack(entry).toString() : entry);
        }
    }

    /** Only classes from jars go into an archive. */
    private Path pack(final String classes) {
        final Path jar = folder.resolve("classes" + packed.size() + ".jar");
        final int exit = ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create",
            "--no-compress", "--file", jar.toString(), "-C", classes, ".");
        assertEquals(0, exit, () -> "jar of " + classes);
        packed.add(jar);
        return jar;
    }

    /** @param java the words that start it in the guest; @return those by which it uses the archive. */
    List<String> make(final List<String> java, final List<String> rehearsals, final List<String> tests)
        throws IOException, InterruptedException {
        final Path archive = folder.resolve("classes.jsa");
        Files.deleteIfExists(archive);
        final List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Djava.io.tmpdir=" + folder,
            "-Djna.tmpdir=" + folder, "-cp", path(), Rehearsal.class.getName(), folder.toString()));
        command.add(String.join(File.pathSeparator, packed.stream().map(Path::toString).toList()));
        command.add(String.join(",", rehearsals));
        command.addAll(tests);
        rehearse(command);
        final List<String> words = new ArrayList<>(java);
        // Without a fitting archive Java starts all the same, and says on the console why it is slow.
        words.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-cp", path()));
        return words;
    }

    private void rehearse(final List<String> command) throws IOException, InterruptedException {
        final Path log = folder.resolve("rehearsal.log");
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile()).start();
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the rehearsal does not end: " + log);
        }
        assertEquals(0, process.exitValue(), () -> Guest.text(log));
    }

    private String path() {
        return String.join(File.pathSeparator, classPath);
    }
}
