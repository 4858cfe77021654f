package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The whole program, as processes, with clients that attach from outside. */
@Timeout(180)
class DemoProgramTest {
    private static final String SIZE = "16 MiB";
    private static final double TOOL_LIMIT_S = 60;
    private static final int SIZE_BYTES = 16 << 20;
    private static final int BLOCK = 4096;

    @TempDir
    Path temp;

    @Test
    void copiesAnInputOfAnyLengthAndComparesBothImages() throws Exception {
        final byte[] bytes = random(5_000_001);
        final Path input = Files.write(temp.resolve("input"), bytes);
        try (Program demo = Program.start(
                "demo", "--input", input.toString(), "--dir", dir(), "--size", SIZE)) {
            assertEquals(0, demo.awaitEnd(), demo::everything);
            assertEquals(temp.resolve("demo").toString(), demo.awaitLine("folder "));
            final String out = demo.out();
            assertTrue(out.contains("read back   equal\n"), out);
            assertTrue(out.contains("changed     1000 of 4096 tracks, while severed\n"), out);
            assertTrue(out.contains("travelled   1000 of 4096 tracks (4096000 bytes)\n"), out);
            assertTrue(out.contains("verify      equal\n"), out);
            assertTrue(out.contains("promoted    equal, read on the target\n"), out);
            assertTrue(out.contains("images      equal (16777216 bytes each)\n"), out);
            assertTrue(out.matches("(?s).*frames      [1-9]\\d+\n.*"), out);
        }
        assertEquals(1000, changedBlocks(bytes, Files.readAllBytes(image("origin"))));
        assertEquals(-1, Files.mismatch(image("origin"), image("target")));
    }

    @Test
    void packsAnInputOfItsOwnAndCountsInChildrenToo() throws Exception {
        try (Program demo = Program.start("demo", "--processes", "--dir", dir(), "--size", SIZE)) {
            assertEquals(0, demo.awaitEnd(), demo::everything);
            assertNotEquals(demo.awaitLine("origin pid "), demo.awaitLine("target pid "));
            assertTrue(demo.out().matches("(?s).*frames      [1-9]\\d+\n.*"), demo::everything);
            assertFalse(isAlive(demo.awaitLine("origin pid ")));
            assertFalse(isAlive(demo.awaitLine("target pid ")));
        }
        final byte[] packed = Files.readAllBytes(temp.resolve("demo/input.tar"));
        assertTrue(packed.length > SIZE_BYTES / 2, () -> packed.length + " bytes");
        assertEquals(1000, changedBlocks(packed, Files.readAllBytes(image("target"))));
    }

    @Test
    void servesClientsUntilSigtermAndKeepsWhatTheyWrote() throws Exception {
        Tool.assumeInstalled("qemu-io");
        for (final String[] how : new String[][] {{"--serve"}, {"--serve", "--processes"}}) {
            final String pattern = how.length == 1 ? "0x5a" : "0xa5";
            try (Program demo = serve(how)) {
                final String url = demo.awaitLine("ready ");
                assertTrue(url.matches("nbd://127\\.0\\.0\\.1:\\d+/vol0"), url);
                qemuIo("write -P " + pattern + " 1M 3M", "write -f -P 1 8M 4k",
                    "discard 12M 1M", "write -z 13M 1M", "read -P " + pattern + " 1M 3M", url);
                assertEquals(0, demo.terminate(), demo::everything);
            }
            assertEquals(-1, Files.mismatch(image("origin"), image("target")));
            assertEquals((byte) Integer.decode(pattern).intValue(), Files.readAllBytes(image("target"))[2 << 20]);
        }
    }

    @Test
    void childrenEndWithAKilledParent() throws Exception {
        try (Program demo = serve("--serve", "--processes")) {
            demo.awaitLine("ready ");
            final String origin = demo.awaitLine("origin pid ");
            final String target = demo.awaitLine("target pid ");
            assertTrue(isAlive(origin) && isAlive(target));
            demo.kill();
            Wait.until(() -> !isAlive(origin) && !isAlive(target), 30, () -> "both nodes end");
        }
    }

    @Test
    void servesOnWithoutAKilledTarget() throws Exception {
        Tool.assumeInstalled("qemu-io");
        try (Program demo = serve("--serve", "--processes")) {
            final String url = demo.awaitLine("ready ");
            final long target = Long.parseLong(demo.awaitLine("target pid "));
            demo.awaitLog("pair vol0: FULL_SYNC -> UP_TO_DATE");
            assertTrue(ProcessHandle.of(target).orElseThrow().destroyForcibly());
            demo.awaitLog("The target node (pid " + target + ") ended with exit code 137");
            qemuIo("write -P 1 4M 1M", url);
            demo.awaitLog("-> SEVERED");
            qemuIo("read -P 0 8M 1M", "read -P 1 4M 1M", url);
            try (Program again = Program.start("node", config("target"))) {
                demo.awaitLog("pair vol0: DELTA_SYNC -> UP_TO_DATE: both sides are equal; 1048576 bytes were copied");
                qemuIo("write -P 2 8M 1M", url);
                assertEquals(0, demo.terminate(), demo::everything);
                assertEquals(0, again.terminate(), again::everything);
            }
        }
        assertEquals(-1, Files.mismatch(image("origin"), image("target")));
    }

    @Test
    void endsInTimeWithASuspendedTarget() throws Exception {
        try (Program demo = serve("--serve", "--processes")) {
            demo.awaitLine("ready ");
            final String target = demo.awaitLine("target pid ");
            Tool.run(temp, TOOL_LIMIT_S, "kill", "-STOP", target);
            assertEquals(0, demo.terminate(), demo::everything);
            assertFalse(isAlive(target));
        }
    }

    @Test
    void eitherNodeCanBeStartedAgainByHand() throws Exception {
        Tool.assumeInstalled("qemu-io");
        final String url;
        try (Program demo = serve("--serve")) {
            url = demo.awaitLine("ready ");
            assertEquals(0, demo.terminate(), demo::everything);
        }
        try (Program origin = Program.start("node", config("origin"))) {
            try (Program target = Program.start("node", config("target"))) {
                origin.awaitLog("-> UP_TO_DATE");
                qemuIo("write -P 7 0 1M", url);
                target.kill();
            }
            try (Program target = Program.start("node", config("target"))) {
                origin.awaitLog("-> UP_TO_DATE", 2);
                qemuIo("read -P 7 0 1M", "write -P 9 8M 1M", url);
                assertEquals(0, origin.terminate(), origin::everything);
                assertEquals(0, target.terminate(), target::everything);
                assertEquals("", target.out());
            }
        }
        assertEquals(-1, Files.mismatch(image("origin"), image("target")));
    }

    @Test
    void saysWhatStandsInTheWay() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertRefused("the HBA origin did not start: it cannot listen for NBD on 127.0.0.1:" + taken.getLocalPort(),
                "demo", "--serve", "--dir", dir(), "--size", SIZE, "--nbd", "127.0.0.1:" + taken.getLocalPort());
        }
        final Path input = Files.write(temp.resolve("large"), new byte[SIZE_BYTES + 1]);
        assertRefused("the input has 16777217 bytes, the volume only 16777216; give a larger --size and another --dir",
            "demo", "--dir", dir(), "--input", input.toString());
    }

    @Test
    void twoCannotHaveTheSameMetadataOrDisks() throws Exception {
        try (Program demo = serve("--serve")) {
            demo.awaitLine("ready ");
            assertRefused("another node uses the metadata folder ", "node", config("origin"));
            final Path own = Files.writeString(Path.of(config("origin")).resolveSibling("own.yaml"),
                "metadata: own\n" + Files.readString(Path.of(config("origin"))));
            assertRefused("did not start: ", "node", own.toString());
            assertEquals(0, demo.terminate(), demo::everything);
        }
    }

    private void assertRefused(final String sentence, final String... arguments) throws Exception {
        try (Program program = Program.start(arguments)) {
            assertEquals(1, program.awaitEnd(), program::everything);
            assertTrue(program.err().contains("twintrack: ") && program.err().contains(sentence), program::everything);
            assertFalse(program.err().contains("\tat "), program::everything);
        }
    }

    /** @param words commands, and the address as the last one. */
    private void qemuIo(final String... words) {
        final List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
        for (int i = 0; i < words.length - 1; i++) {
            command.addAll(List.of("-c", words[i]));
        }
        command.add(words[words.length - 1]);
        Tool.run(temp, TOOL_LIMIT_S, command);
    }

    private Program serve(final String... how) throws IOException {
        final String[] arguments = Arrays.copyOf(new String[] {"demo", "--dir", dir(), "--size", SIZE}, 5 + how.length);
        System.arraycopy(how, 0, arguments, 5, how.length);
        return Program.start(arguments);
    }

    private String dir() {
        return temp.resolve("demo").toString();
    }

    private String config(final String side) {
        return temp.resolve("demo").resolve(side).resolve("node.yaml").toString();
    }

    private Path image(final String side) {
        return temp.resolve("demo").resolve(side).resolve("vol0.img");
    }

    private static boolean isAlive(final String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    /** What was written on while the target was severed; all else is the input, and zeros behind it. */
    private static int changedBlocks(final byte[] input, final byte[] image) {
        final byte[] copied = Arrays.copyOf(input, image.length);
        int changed = 0;
        for (int at = 0; at < image.length; at += BLOCK) {
            changed += Arrays.equals(copied, at, at + BLOCK, image, at, at + BLOCK) ? 0 : 1;
        }
        return changed;
    }

    private static byte[] random(final int length) {
        final byte[] bytes = new byte[length];
        new Random(20261122).nextBytes(bytes);
        return bytes;
    }
}
