package io.twintrack.node;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** bin/twintrack, in a tree of its own, with a Maven and a Java that only write down how they were called. */
@Timeout(120)
class StartScriptTest {
    private static final List<String> TOOLS = List.of("readlink", "dirname", "sed", "find", "mktemp", "touch", "cat",
        "rm", "flock", "tr", "sleep", "mkdir");

    private record Result(int exitCode, String out, String err) {
    }

    @TempDir
    Path temp;
    private Path home;
    private Path tools;
    private Path javaHome;

    @BeforeEach
    void makeTree() throws IOException {
        home = Files.createDirectories(temp.resolve("a home"));
        for (final String module : List.of("engine", "io-uring-binding", "transport-aeron", "node", "bench")) {
            Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.createFile(home.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(home.resolve("pom.xml"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(Path.of("..", "bin", "twintrack"), home.resolve("bin/twintrack"));
        executable(home.resolve("bin/twintrack"));
        tools = Files.createDirectories(temp.resolve("tools"));
        for (final String tool : TOOLS) {
            script(tools.resolve(tool), "exec " + find(tool) + " \"$@\"");
        }
        fakeMaven("mkdir -p node/target bench/target; touch node/target/twintrack.jar bench/target/twintrack-bench.jar");
        javaHome = temp.resolve("jdk");
        fakeJava(17);
    }

    @Test
    void buildsOnceQuietly() throws Exception {
        final Result first = run("demo", "a b");
        assertEquals(0, first.exitCode, first.err);
        assertEquals("twintrack: building; the first time this takes a minute or two\n", first.err);
        assertTrue(first.out.endsWith("[io.twintrack.node.Twintrack][demo][a b]\n"), first.out);
        final Result second = run("--version");
        assertEquals("", second.err);
        assertEquals(1, builds());
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        run("demo");
        Files.writeString(home.resolve("engine/src/main/A.java"), "");
        final FileTime later = FileTime.fromMillis(System.currentTimeMillis() + 2000);
        Files.setLastModifiedTime(home.resolve("engine/src/main/A.java"), later);
        run("demo");
        assertEquals(2, builds());
    }

    @Test
    void theBenchHasAJarOfItsOwn() throws Exception {
        final Result result = run("bench", "--quick");
        assertTrue(result.out.endsWith("[io.twintrack.bench.Bench][--quick]\n"), result.out);
        assertTrue(result.out.contains("twintrack-bench.jar]"), result.out);
    }

    @Test
    void showsWhyABuildFailed() throws Exception {
        fakeMaven("echo COMPILATION ERROR; exit 1");
        final Result result = run("demo");
        assertEquals(1, result.exitCode);
        assertEquals("", result.out);
        assertTrue(result.err.contains("COMPILATION ERROR\n"), result.err);
        assertTrue(result.err.endsWith("twintrack: the build failed; Maven's output stands above\n"), result.err);
    }

    @Test
    void twoAtTheSameTimeBuildOnce() throws Exception {
        fakeMaven("sleep 0.5; mkdir -p node/target; touch node/target/twintrack.jar");
        final Process one = start("demo");
        final Process other = start("demo");
        assertEquals(0, end(one).exitCode);
        assertEquals(0, end(other).exitCode);
        assertEquals(1, builds());
    }

    @Test
    void worksThroughALinkFromAnotherFolder() throws Exception {
        final Path link = Files.createSymbolicLink(temp.resolve("tt"), home.resolve("bin/twintrack"));
        final Process process = builder(link.toString(), "--version").directory(tools.toFile()).start();
        final Result result = end(process);
        assertEquals(0, result.exitCode, result.err);
        assertTrue(result.out.contains("[" + home.toRealPath() + "/node/target/twintrack.jar]"), result.out);
    }

    @Test
    void carriesTheFlagsOfThePom() throws Exception {
        final String pom = Files.readString(Path.of("..", "pom.xml"));
        final String old = run("demo").out;
        for (final String flag : flags(pom, "twintrack.jvm.flags")) {
            assertTrue(old.contains("[" + flag + "]"), () -> flag + " in " + old);
        }
        fakeJava(25);
        final String recent = run("demo").out;
        for (final String flag : flags(pom, "twintrack.jvm.newer.flags")) {
            assertTrue(recent.contains("[" + flag + "]"), () -> flag + " in " + recent);
            assertFalse(old.contains(flag), old);
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        fakeJava(11);
        assertEquals("twintrack: " + javaHome + "/bin/java is Java 11; it takes 17 or newer\n", run("demo").err);
        Files.delete(javaHome.resolve("bin/java"));
        assertEquals("twintrack: JAVA_HOME is " + javaHome + ", where there is no bin/java\n", run("demo").err);
        fakeJava(17);
        Files.delete(tools.resolve("mvn"));
        assertEquals("twintrack: there is no Maven to build with: install it (on Debian: apt-get install maven)\n",
            run("demo").err);
        javaHome = null;
        assertTrue(run("demo").err.startsWith("twintrack: there is no Java: install a JDK 17 or newer"));
    }

    private Result run(final String... arguments) throws Exception {
        return end(start(arguments));
    }

    private Process start(final String... arguments) throws IOException {
        final String[] command = new String[arguments.length + 1];
        command[0] = home.resolve("bin/twintrack").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return builder(command).start();
    }

    private ProcessBuilder builder(final String... command) {
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        if (javaHome != null) {
            builder.environment().put("JAVA_HOME", javaHome.toString());
        }
        return builder;
    }

    /** The outputs are short: they fit into the pipes. */
    private static Result end(final Process process) throws Exception {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Result(process.exitValue(), new String(process.getInputStream().readAllBytes()),
            new String(process.getErrorStream().readAllBytes()));
    }

    private int builds() throws IOException {
        return Files.readAllLines(temp.resolve("builds")).size();
    }

    private void fakeMaven(final String work) throws IOException {
        script(tools.resolve("mvn"), "echo \"$*\" >> '" + temp.resolve("builds") + "'\n" + work);
    }

    private void fakeJava(final int version) throws IOException {
        Files.createDirectories(javaHome.resolve("bin"));
        Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
        script(javaHome.resolve("bin/java"), "for word; do printf '[%s]' \"$word\"; done; echo");
    }

    private static void script(final Path path, final String text) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + text + "\n");
        executable(path);
    }

    private static void executable(final Path path) {
        assertTrue(path.toFile().setExecutable(true));
    }

    private static Path find(final String tool) {
        return Arrays.stream(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, tool))
            .filter(Files::isExecutable).findFirst().orElseThrow(() -> new AssertionError(tool + " is not there"));
    }

    /** One flag is one word, but for those whose value follows. */
    private static List<String> flags(final String pom, final String property) {
        final Matcher matcher = Pattern.compile("<" + Pattern.quote(property) + ">([^<]+)<").matcher(pom);
        assertTrue(matcher.find(), property);
        return List.of(matcher.group(1).strip().split("\\s+"));
    }
}
