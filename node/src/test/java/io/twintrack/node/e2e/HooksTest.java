package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twintrack.node.config.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Programs of the operator's that a node runs: the fence, and the one that is told of what happens. */
class HooksTest {
    private static final double SOON_S = 20;
    private static final int EIO = 5;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    /** The fence leaves a note that it runs, and ends with the exit code that it finds in the gate. */
    private Pair pairWithFence() throws IOException {
        final Path fence = program("fence", "cat > fenced", "while [ ! -s gate ]; do sleep 0.05; done",
            "exit $(cat gate)");
        return new Pair(folder).size(8 << 20).link("reply-timeout", "200 ms").link("tries", 4)
            .originSections("fence:\n  command: [" + fence + "]\n  timeout: 60 s\n");
    }

    private Path program(final String name, final String... lines) throws IOException {
        final Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd " + folder + "\n" + String.join("\n", lines) + '\n');
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void open(final int exitCode) throws IOException {
        Files.writeString(folder.resolve("gate.new"), exitCode + "\n");
        Files.move(folder.resolve("gate.new"), folder.resolve("gate"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitFence(final Pair pair) throws IOException {
        final Path note = folder.resolve("fenced");
        Wait.until(() -> Files.exists(note) && note.toFile().length() > 0, SOON_S, () -> "no fence; " + pair);
        final JsonNode told = new ObjectMapper().readTree(note.toFile());
        assertEquals("iqn.2026-11.io.twintrack.test:origin", told.path("node").asText());
        assertEquals("vol0", told.path("pair").asText());
    }

    @Test
    void noWriteIsAnsweredAloneBeforeTheFenceHolds() throws IOException {
        Tool.assumeInstalled("kill");
        try (Pair pair = pairWithFence().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            pair.target().signal("KILL");
            client.send(NbdSocket.WRITE, 1, 0, 4096, new byte[4096]);
            awaitFence(pair);
            assertEquals(0, pair.origin().logged(Pair.SEVERED), pair::toString);
            open(0);
            client.receive();
            assertEquals(0, client.error(), pair::toString);
            assertEquals(1, pair.origin().logged(Pair.SEVERED), "no answer before");
        }
    }

    @Test
    void aFenceThatDoesNotHoldKeepsTheWriteFromBeingDone() throws IOException {
        Tool.assumeInstalled("kill");
        try (Pair pair = pairWithFence().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            pair.target().signal("KILL");
            client.send(NbdSocket.WRITE, 1, 0, 4096, new byte[4096]);
            awaitFence(pair);
            open(1);
            client.receive();
            assertEquals(EIO, client.error(), pair::toString);
            assertTrue(pair.origin().logged("the fence did not hold") > 0, pair::toString);
        }
    }

    /** A peer with another key: refused, told, and the volume goes on; with the right key the pair heals. */
    @Test
    void aPeerWithAnotherKeyIsRefusedAndTold() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final Path tell = program("tell", "cat >> told", "echo >> told");
        try (Pair pair = new Pair(folder).size(8 << 20).link("reply-timeout", "200 ms").link("tries", 4)
            .originSections("alerts:\n  command: [" + tell + "]\n").start();
            NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            pair.target().stop();
            final Path config = pair.config("target");
            final String right = Files.readString(config);
            KeyFile.create(folder.resolve("other-key"));
            Files.writeString(config, right.replace("../key", "../other-key"));
            pair.startTarget();
            Wait.until(() -> told("handshake-refused") > 0, SOON_S, () -> "nobody was told; " + pair);
            assertEquals(0, client.write(0, new byte[4096]));
            assertEquals(1, told("handshake-refused"), "an alert that lasts is told once");
            pair.target().stop();
            Files.writeString(config, right);
            pair.startTarget();
            pair.awaitUpToDate();
            pair.stopAndCompare();
        }
    }

    private long told(final String event) {
        try {
            final Path file = folder.resolve("told");
            final List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.stream().filter(line -> line.contains('"' + event + '"')).count();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
