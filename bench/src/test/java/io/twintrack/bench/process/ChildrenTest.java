package io.twintrack.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path logs;
    private Children children;

    @BeforeEach
    void open() {
        children = new Children(logs, Duration.ofMillis(200));
    }

    @AfterEach
    void close() {
        children.close();
    }

    @Test
    void closeEndsEverythingThatWasStarted() throws IOException {
        final Child one = children.start("one", List.of("sleep", "600"));
        final Child two = children.start("two", List.of("sleep", "600"));
        assertTrue(one.isAlive() && two.isAlive());
        children.close();
        assertFalse(one.isAlive() || two.isAlive());
        assertThrows(CancellationException.class, () -> children.start("late", List.of("sleep", "600")));
    }

    @Test
    void endsWhatIgnoresSigterm() throws IOException {
        final Child deaf = shell("trap '' TERM; echo deaf; while :; do sleep 600; done");
        deaf.awaitLine(Pattern.compile("deaf"), LIMIT);
        assertFalse(children.stop(deaf));
        assertFalse(deaf.isAlive());
    }

    @Test
    void endsTheChildrenOfItsChildren() throws IOException {
        final Child parent = shell("sleep 600 & echo child $!; wait");
        final long pid = Long.parseLong(parent.awaitLine(Pattern.compile("child (\\d+)"), LIMIT).group(1));
        final ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
        children.close();
        assertFalse(parent.isAlive());
        assertFalse(ProcStat.isRunning(child));
    }

    @Test
    void endsWhatItAdoptedAfterItDiedItself() throws IOException {
        final Child dead = shell("exit 0");
        dead.awaitExit(LIMIT);
        final Child adopted = children.start("adopted", List.of("sleep", "600"));
        dead.adopt(adopted.handle());
        assertFalse(children.stop(dead), "something was left running");
        assertFalse(ProcStat.isRunning(adopted.handle()));
    }

    @Test
    void anOrderlyEndIsToldApart() throws IOException {
        assertTrue(children.stop(children.start("orderly", List.of("sleep", "600"))));
    }

    @Test
    void waitsForALineAndSaysWhyItNeverCame() throws IOException {
        final Child child = shell("echo first; echo ready nbd://x:1/vol0; echo too bad >&2; exit 3");
        assertEquals("nbd://x:1/vol0", child.awaitLine(Pattern.compile("ready (\\S+)"), LIMIT).group(1));
        final IOException e =
            assertThrows(IOException.class, () -> child.awaitLine(Pattern.compile("never"), LIMIT));
        assertTrue(e.getMessage().contains("too bad"), e.getMessage());
    }

    @Test
    void tellsTheExitCodeAndTheLastWords() throws IOException {
        shell("exit 0").awaitExit(LIMIT);
        final IOException e =
            assertThrows(IOException.class, () -> shell("echo no disk >&2; exit 3").awaitExit(LIMIT));
        assertEquals("shell ended with code 3: no disk", e.getMessage());
    }

    @Test
    void doesNotWaitForACorpse() throws IOException {
        final Child child = shell("exit 1");
        assertThrows(IOException.class, () -> child.await("ready", () -> false, LIMIT));
    }

    private Child shell(final String script) throws IOException {
        return children.start("shell", List.of("sh", "-c", script));
    }
}
