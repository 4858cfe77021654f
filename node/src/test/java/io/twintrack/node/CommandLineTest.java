package io.twintrack.node;

import io.twintrack.node.config.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Commands that end by themselves; those that run nodes are tested as processes. */
class CommandLineTest {
    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryCommandAndExitCode() {
        assertEquals(0, run("--help"));
        for (final String word : new String[] {
            "demo", "node", "volume", "pair", "create-disk", "create-key", "bench",
            "  3   the configuration is wrong"}) {
            assertTrue(out.toString().contains(word), () -> word + " in " + out);
        }
    }

    @Test
    void demoHelpNamesEveryOption() {
        assertEquals(0, run("demo", "--help"));
        for (final String option : new String[] {"--input", "--serve", "--processes", "--dir", "--size", "--nbd"}) {
            assertTrue(out.toString().contains(option), () -> option + " in " + out);
        }
    }

    @Test
    void versionIsOneLine() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().matches("twintrack \\S.*\\n"), out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "frobnicate", "--frobnicate", "node", "node a.yaml b.yaml", "demo --size 3", "demo --size 4KB",
        "demo --nbd 10809", "demo extra", "create-disk x", "create-disk x -1", "create-disk x 1000",
        "pair", "volume", "pair sever", "pair sever a/b", "pair status a b", "pair establish vol0",
        "pair resize vol0 3", "pair reestablish vol0 --keep both", "pair verify vol0 --repair-from me",
            "pair explode vol0",
        "volume create vol1 4KiB", "volume create vol1 4KiB --path x --extent y:0:4KiB",
        "volume create vol1 4KiB --extent y:4KiB", "volume create vol1 4KiB --extent y:0:x",
        "volume create ../x 4KiB --path x", "pair status --control a --config b",
    })
    void wrongUsageEndsWithTwo(final String arguments) {
        assertEquals(2, run(arguments.isEmpty() ? new String[0] : arguments.split(" ")));
        assertFalse(err.toString().contains("Exception"), err.toString());
    }

    @Test
    void checkAcceptsAConfiguration() throws IOException {
        final Path config = configuration("2 MiB");
        assertEquals(0, run("node", "--check", config.toString()));
        assertEquals(config + " is in order\n", out.toString());
    }

    @Test
    void aWrongConfigurationEndsWithThree() throws IOException {
        final Path config = configuration("2 MB");
        assertEquals(3, run("node", "--check", config.toString()));
        assertTrue(err.toString().contains("hbas[0].volumes[0].size = \"2 MB\": must be a size"), err.toString());
        assertEquals(3, run("node", config.toString()));
        assertEquals(3, run("node", folder.resolve("absent.yaml").toString()));
    }

    @Test
    void createsADiskOnce() throws IOException {
        final Path disk = folder.resolve("disk.img");
        assertEquals(0, run("create-disk", disk.toString(), "1 MiB"));
        assertArrayEquals(new byte[1 << 20], Files.readAllBytes(disk));
        Files.write(disk, new byte[] {1});
        assertEquals(1, run("create-disk", disk.toString(), "1 MiB"));
        assertEquals("twintrack: " + disk + " was not made: it exists already\n", err.toString());
        assertEquals(1, Files.size(disk));
    }

    @Test
    void createsAKeyOnce() throws IOException {
        final Path key = folder.resolve("a.key");
        assertEquals(0, run("create-key", key.toString()));
        assertEquals("made " + key + "\n", out.toString());
        assertEquals(32, KeyFile.read(key).length);
        assertEquals(1, run("create-key", key.toString()));
        assertEquals("twintrack: " + key + " was not made: it exists already\n", err.toString());
    }

    @Test
    void aDemoWithoutItsInputEndsWithOne() {
        assertEquals(1, run("demo", "--input", folder.resolve("absent").toString(), "--dir", folder.toString()));
        assertEquals("twintrack: the input " + folder.resolve("absent") + " is not a file that can be read\n",
            err.toString());
    }

    private int run(final String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        final CommandLine commandLine = Twintrack.commandLine(new Twintrack());
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private Path configuration(final String size) throws IOException {
        ZeroedFile.create(folder.resolve("vol0.img"), 2 << 20, written -> { });
        KeyFile.create(folder.resolve("key"));
        return Files.writeString(folder.resolve("node.yaml"), """
            node: iqn.2026-11.io.twintrack:host-a
            hbas:
              - name: hba0
                peers:
                  - name: b
                    iqn: iqn.2026-11.io.twintrack:host-b
                    listen: 127.0.0.1:40001
                    address: 127.0.0.1:40002
                    key-file: key
                volumes:
                  - { name: vol0, size: SIZE, extents: [ { path: vol0.img } ] }
                pairs:
                  - { name: vol0, volume: vol0, role: origin, peer: b }
            """.replace("SIZE", size));
    }
}
