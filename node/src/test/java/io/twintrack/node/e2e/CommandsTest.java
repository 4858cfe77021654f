package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a person tells a running pair, with the program's own commands. */
class CommandsTest {
    private static final int BLOCK = 4096;
    private static final int SIZE = 16 << 20;
    private static final int FAILED = 1;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    private Pair pair() {
        return new Pair(folder).size(SIZE).targetListens().link("reply-timeout", "300 ms").link("tries", 4);
    }

    @Test
    void aSeveredCopyIsReadForABackupAndComesBackOnlyByCommand() throws IOException {
        Tool.assumeInstalled("nbdcopy", "cmp");
        try (Pair pair = pair().start()) {
            final CommandLine origin = pair.command("origin");
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                write(client, 0, 100, 1);
                pair.command("target").refused("on the primary", "pair", "sever", "vol0");
                assertEquals("severed; this side goes on alone\n", origin.run("pair", "sever", "vol0"));
                origin.refused("severed already", "pair", "sever", "vol0");
                write(client, 50, 150, 2);
                assertEquals(0, client.flush());
            }
            assertStatus(pair, "origin", "severed", "command");
            assertStatus(pair, "target", "severed", "command");
            // A restart of either node changes nothing: the origin serves, the copy can be read.
            restartBoth(pair);
            pair.origin().awaitServing(20);
            assertEquals(100, pair.status("origin").path("changedTracks").asLong(), pair::toString);
            final Path backup = folder.resolve("backup");
            Tool.run(folder, 30, "nbdcopy", pair.targetUri(), backup.toString());
            Pair.assertImagesEqual(backup, pair.targetImage());
            assertBlocks(backup, 0, 100, 1);
            assertBlocks(backup, 100, 150, 0);
            try (NbdSocket reader = new NbdSocket(pair.targetNbd(), "vol0")) {
                assertNotEquals(0, reader.write(0, filled(9)));
                assertEquals(0, reader.read(0, BLOCK));
                assertArrayEquals(filled(1), reader.data());
                origin.refused("read", "pair", "reestablish", "vol0");
                assertStatus(pair, "origin", "severed", "command");
            }
            origin.run("pair", "reestablish", "vol0", "--wait");
            pair.awaitUpToDate();
            assertTravelled(pair, 100);
            origin.refused("not severed", "pair", "reestablish", "vol0");
            pair.stopAndCompare();
            assertBlocks(pair.targetImage(), 50, 150, 2);
        }
    }

    @Test
    void rolesChangeInGoodOrderAndOutliveARestart() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().start()) {
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                write(client, 0, 100, 1);
                pair.command("origin").refused("1 clients are attached", "pair", "demote", "vol0");
                pair.command("target").refused("the primary is attached", "pair", "promote", "vol0");
                pair.command("origin").refused("primary already", "pair", "promote", "vol0");
            }
            awaitNoClients(pair, "origin");
            pair.command("origin").run("pair", "demote", "vol0");
            assertRefusesClients(pair);
            pair.command("target").run("pair", "promote", "vol0");
            pair.awaitUpToDate();
            assertRoles(pair, "redundant", "primary");
            try (NbdSocket client = new NbdSocket(pair.targetNbd(), "vol0")) {
                assertEquals(0, client.read(0, BLOCK));
                assertArrayEquals(filled(1), client.data());
                write(client, 50, 150, 2);
            }
            restartBoth(pair);
            pair.target().awaitServing(20);
            pair.awaitUpToDate();
            assertRoles(pair, "redundant", "primary");
            try (NbdSocket client = new NbdSocket(pair.targetNbd(), "vol0")) {
                write(client, 150, 160, 3);
            }
            awaitNoClients(pair, "target");
            pair.command("target").run("pair", "demote", "vol0");
            // Without a primary nothing is served, before and after a restart, until a person names one.
            restartBoth(pair);
            assertRefusesClients(pair);
            pair.command("origin").run("pair", "promote", "vol0", "--force");
            pair.awaitUpToDate();
            assertRoles(pair, "primary", "redundant");
            pair.stopAndCompare();
            assertBlocks(pair.originImage(), 0, 50, 1);
            assertBlocks(pair.originImage(), 50, 150, 2);
            assertBlocks(pair.originImage(), 150, 160, 3);
        }
    }

    @Test
    void verifyReportsWhatRottedAndTheOperatorNamesTheSideThatIsRight() throws IOException {
        Tool.assumeInstalled("cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = pair().start()) {
            final CommandLine origin = pair.command("origin");
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", SIZE / 2, seed);
            final Thread load = blocks.start();
            Wait.until(() -> blocks.acknowledgements() > 1000, 20, blocks::toString);
            for (int i = 0; i < 3; i++) {
                assertEquals("both sides of pair vol0 are equal\n",
                    lastLine(origin.run("pair", "verify", "vol0", "--wait")));
            }
            pair.command("target").refused("the primary compares", "pair", "verify", "vol0");
            flip(pair.targetImage(), SIZE - 5 * BLOCK);
            flip(pair.targetImage(), SIZE / 2 + 17);
            final String said = origin.fail(FAILED, "ranges of pair vol0 differ", "pair", "verify", "vol0", "--wait");
            blocks.stop(load);
            final JsonNode verify = pair.status("origin").path("verify");
            assertEquals(2, verify.path("differences").asInt(), () -> said + pair);
            assertWithin(verify.path("ranges").get(0), SIZE / 2 + 17);
            assertWithin(verify.path("ranges").get(1), SIZE - 5 * BLOCK);
            assertNotEquals(-1, Files.mismatch(pair.originImage(), pair.targetImage()),
                "verify mends nothing by itself");
            origin.run("pair", "verify", "vol0", "--repair-from", "primary", "--wait");
            pair.assertImagesEqual();
            blocks.check();
            // The origin's own copy rots: its redundant side is the one that is right.
            flip(pair.originImage(), SIZE - 7 * BLOCK);
            origin.fail(FAILED, "1 ranges", "pair", "verify", "vol0", "--wait");
            origin.run("pair", "verify", "vol0", "--repair-from", "redundant", "--wait");
            assertEquals("both sides of pair vol0 are equal\n",
                lastLine(origin.run("pair", "verify", "vol0", "--wait")));
            assertBlocks(pair.originImage(), SIZE / BLOCK - 7, SIZE / BLOCK - 6, 0);
            pair.stopAndCompare();
        }
    }

    @Test
    void aPairIsResizedWhereBothVolumesHaveRoom() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().start()) {
            final CommandLine origin = pair.command("origin");
            origin.refused("this side's volume has 16777216 bytes", "pair", "resize", "vol0", "32 MiB");
            origin.refused("has this size already", "pair", "resize", "vol0", "16 MiB");
            pair.command("target").refused("this side is redundant", "pair", "resize", "vol0", "8 MiB");
            origin.run("pair", "resize", "vol0", "8 MiB");
            assertEquals(8 << 20, pair.status("origin").path("sizeBytes").asLong());
            assertEquals(8 << 20, pair.status("target").path("sizeBytes").asLong());
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                assertEquals(8 << 20, client.size());
                assertNotEquals(0, client.write(8 << 20, filled(1)));
                write(client, 0, 100, 1);
            }
            // A target without space.
            pair.origin().stop();
            pair.target().stop();
            Files.writeString(pair.config("target"),
                Files.readString(pair.config("target")).replace("size: " + SIZE, "size: " + (12 << 20)));
            pair.startTarget();
            pair.startOrigin();
            pair.awaitUpToDate();
            origin.refused("no room", "pair", "resize", "vol0", "16 MiB");
            assertEquals(8 << 20, pair.status("origin").path("sizeBytes").asLong());
            origin.run("pair", "resize", "vol0", "12 MiB");
            pair.awaitUpToDate();
            assertEquals(12 << 20, pair.status("target").path("sizeBytes").asLong());
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                assertEquals(12 << 20, client.size());
                assertEquals(0, client.write((12 << 20) - BLOCK, filled(5)));
            }
            origin.run("pair", "sever", "vol0");
            origin.refused("both sides are UpToDate", "pair", "resize", "vol0", "8 MiB");
            origin.run("pair", "reestablish", "vol0", "--wait");
            restartBoth(pair);
            pair.awaitUpToDate();
            assertEquals(12 << 20, pair.status("origin").path("sizeBytes").asLong());
            pair.origin().stop();
            pair.target().stop();
            assertEquals(-1, Files.mismatch(first(pair.originImage(), 12 << 20), first(pair.targetImage(), 12 << 20)));
            assertBlocks(pair.targetImage(), (12 << 20) / BLOCK - 1, (12 << 20) / BLOCK, 5);
        }
    }

    @Test
    void anOriginThatWasLeftAloneServesAgainWithItsPeerOrByCommand() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().start()) {
            pair.target().signal("KILL");
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                write(client, 0, 100, 1);
            }
            assertStatus(pair, "origin", "severed", "retries");
            pair.origin().stop();
            pair.startOrigin();
            pair.awaitState("origin", "severed");
            assertRefusesClients(pair);
            // The other side may have been promoted meanwhile, for all this one knows.
            pair.command("origin").refused("--force", "pair", "promote", "vol0");
            pair.command("origin").run("pair", "promote", "vol0", "--force");
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                write(client, 50, 150, 2);
            }
            pair.startTarget();
            pair.awaitUpToDate();
            assertTravelled(pair, 150);
            pair.stopAndCompare();
            assertBlocks(pair.targetImage(), 0, 50, 1);
            assertBlocks(pair.targetImage(), 50, 150, 2);
        }
    }

    @Test
    void statusIsOneObjectWithEveryFieldThatIsPromised() throws IOException {
        try (Pair pair = pair().start()) {
            final JsonNode status =
                Json.MAPPER.readTree(pair.command("origin").run("pair", "status", "vol0", "--json"));
            for (final String field : FIELDS) {
                assertTrue(status.has(field), () -> field + " is missing: " + status);
            }
            assertEquals("up-to-date", status.path("side").asText());
            assertEquals("up-to-date", status.path("peerSide").asText());
            assertEquals(SIZE, status.path("sizeBytes").asLong());
            assertEquals(SIZE / BLOCK, status.path("totalTracks").asLong());
            assertEquals(0, status.path("changedTracks").asLong());
            assertTrue(status.path("linkUp").asBoolean());
            assertEquals("disk", status.path("mode").asText());
            assertTrue(status.path("currentGeneration").asText().matches("[0-9a-f]{32}"));
            assertEquals(status.path("currentGeneration"), pair.status("target").path("currentGeneration"));
            pair.command("origin").fail(CommandLine.REFUSED, "vol9", "pair", "status", "vol9");
        }
    }

    private static final String[] FIELDS = {
        "name", "volume", "hba", "declared", "role", "state", "side", "peerSide", "peer", "linkUp", "mode", "sizeBytes",
        "trackBytes", "severedBy", "reason", "since", "changedTracks", "totalTracks", "activeRegions", "regionCapacity",
        "resync", "verify", "clients", "currentGeneration", "baseGeneration", "reads", "writes", "flushes", "errors",
        "resends", "alerts"};

    private static void assertStatus(final Pair pair, final String side, final String state, final String severedBy) {
        final JsonNode status = pair.status(side);
        assertEquals(state, status.path("state").asText(), () -> status + "\n" + pair);
        assertEquals(severedBy, status.path("severedBy").asText(), () -> status + "\n" + pair);
    }

    /** A node that stopped alone may not know what its peer flushed: then it compares the region that was in use. */
    private static void assertTravelled(final Pair pair, final int blocks) {
        final long looked = pair.origin().bytesOfLastResync();
        assertTrue(blocks * BLOCK <= looked && looked <= 4 << 20, () -> looked + " bytes\n" + pair);
    }

    private static void assertRoles(final Pair pair, final String ofOrigin, final String ofTarget) {
        assertEquals(ofOrigin, pair.status("origin").path("role").asText(), pair::toString);
        assertEquals(ofTarget, pair.status("target").path("role").asText(), pair::toString);
    }

    private static void awaitNoClients(final Pair pair, final String side) {
        Wait.until(() -> pair.status(side).path("clients").asInt() == 0, 10, pair::toString);
    }

    private static void assertRefusesClients(final Pair pair) {
        try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            throw new AssertionError("it serves " + client.size() + " bytes\n" + pair);
        } catch (final IOException e) {
            assertFalse(pair.is("origin", "up-to-date"), pair::toString);
        }
    }

    private static void restartBoth(final Pair pair) {
        pair.origin().stop();
        pair.target().stop();
        pair.startTarget();
        pair.startOrigin();
        Wait.until(() -> pair.status("origin") != null && pair.status("target") != null, 30, pair::toString);
    }

    private static void assertWithin(final JsonNode range, final long offset) {
        final long start = range.path("offsetBytes").asLong();
        assertTrue(start <= offset && offset < start + range.path("lengthBytes").asLong(), range + " and " + offset);
    }

    /** One bit, behind the back of the node. */
    private static void flip(final Path image, final long offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rwd")) {
            file.seek(offset);
            final int old = file.read();
            file.seek(offset);
            file.write(old ^ 4);
        }
    }

    private Path first(final Path image, final int length) throws IOException {
        final Path part = Files.createTempFile(folder, "first-", ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            final byte[] bytes = new byte[length];
            file.readFully(bytes);
            return Files.write(part, bytes);
        }
    }

    private static void assertBlocks(final Path image, final int from, final int to, final int value)
        throws IOException {
        final byte[] bytes = new byte[BLOCK];
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            for (int block = from; block < to; block++) {
                file.seek((long) block * BLOCK);
                file.readFully(bytes);
                assertArrayEquals(filled(value), bytes, "block " + block + " of " + image);
            }
        }
    }

    private static void write(final NbdSocket client, final int from, final int to, final int value)
        throws IOException {
        for (int block = from; block < to; block++) {
            assertEquals(0, client.write((long) block * BLOCK, filled(value)), "block " + block);
        }
    }

    private static byte[] filled(final int value) {
        final byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String lastLine(final String text) {
        return text.substring(text.lastIndexOf('\n', text.length() - 2) + 1);
    }
}
