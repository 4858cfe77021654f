package io.twintrack.node.e2e;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Volumes and pairs that are made and deleted by command while both nodes run. */
@Timeout(120)
class LiveTablesTest {
    private static final double LONGEST_S = 60;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsAClient() {
        Tool.assumeInstalled("qemu-io");
    }

    private String image(final int node, final String volume) {
        return folder.resolve(LivePair.name(node)).resolve(volume + ".img").toString();
    }

    @Test
    void aPairIsEstablishedOnTheOriginAloneAndLastsOnBoth() throws Exception {
        try (LivePair live = new LivePair(folder)) {
            live.run(0, "volume", "create", "v", "16 MiB", "--path", image(0, "v"));
            live.run(0, "pair", "establish", "v", "--peer", "b", "--remote-volume", "w", "--track", "8 KiB",
                "--mode", "memory");
            // The volume comes later than the offer, which is made again until it is there.
            live.run(1, "volume", "create", "w", "16 MiB", "--path", image(1, "w"));
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "write -P 7 1M 1M", "flush");
            assertEquals("memory", live.status(1, "v").path("mode").asText());
            assertEquals(8192, live.status(1, "v").path("trackBytes").asInt());
            assertEquals("w", live.status(1, "v").path("volume").asText());
            assertEquals("redundant", live.status(1, "v").path("role").asText());
            live.stop(0);
            live.stop(1);
            assertEquals(-1, Files.mismatch(Path.of(image(0, "v")), Path.of(image(1, "w"))));
            live.start(1);
            live.start(0);
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "read -P 7 1M 1M");
            live.awaitNoClients(0, "v");
            live.run(0, "pair", "demote", "v");
            live.run(1, "pair", "promote", "v");
            live.await(1, "v", "up-to-date");
            live.qemuIo(1, "v", "read -P 7 1M 1M", "write -P 8 2M 1M");
        }
    }

    @Test
    void aDeletedPairIsGoneOnBothSidesAndItsVolumesCanBeUsedAgain() throws Exception {
        try (LivePair live = new LivePair(folder)) {
            for (int node = 0; node < 2; node++) {
                live.run(node, "volume", "create", "v", "8 MiB", "--path", image(node, "v"));
            }
            live.run(0, "pair", "establish", "v", "--peer", "b");
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "write -P 7 1M 1M");
            live.awaitNoClients(0, "v");
            assertTrue(live.run(1, 4, "pair", "delete", "v").contains("on the primary"));
            assertTrue(live.run(0, "pair", "delete", "v").contains("deleted on both sides"));
            assertEquals(0, live.get(1, "/v1/pairs").path("pairs").size());
            assertEquals(-1, Files.mismatch(Path.of(image(0, "v")), Path.of(image(1, "v"))));
            live.run(1, "volume", "delete", "v", "--remove-files");
            live.run(1, "volume", "create", "v", "8 MiB", "--path", image(1, "v"));
            leaveRecord(live, 1);
            live.run(0, "pair", "establish", "v", "--peer", "b");
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "read -P 7 1M 1M");
            live.awaitNoClients(0, "v");
            // One side alone: the other one is told what to do.
            live.stop(1);
            assertTrue(live.run(0, "pair", "delete", "v").contains("pair delete v, there"));
            live.run(0, "volume", "delete", "v", "--remove-files");
            live.start(1);
            live.run(1, "pair", "delete", "v");
            live.run(1, "volume", "delete", "v", "--remove-files");
            assertEquals(0, live.get(1, "/v1/volumes").path("volumes").size());
        }
    }

    /** As a crash leaves it, in the middle of a deletion: the next pair of the name does not take it for its own. */
    private static void leaveRecord(final LivePair live, final int node) throws IOException {
        final Path record = live.folder(node).resolve("meta").resolve("v.pair");
        assertFalse(Files.exists(record), () -> record + " is still there");
        Files.writeString(record, "left behind");
    }

    /** The last piece lies on a disk that another volume uses as well. */
    @Test
    void aPairOnPiecesOfDisksGrowsAndShrinks() throws Exception {
        try (LivePair live = new LivePair(folder)) {
            for (int node = 0; node < 2; node++) {
                Files.write(Path.of(image(node, "first")), new byte[4 << 20]);
                Files.write(Path.of(image(node, "second")), new byte[24 << 20]);
                live.run(node, "volume", "create", "v", "8 MiB", "--extent", image(node, "first") + ":0:4MiB",
                    "--extent", image(node, "second") + ":1MiB:4MiB");
            }
            live.run(0, "volume", "create", "beside", "1 MiB", "--extent", image(0, "second") + ":20MiB:1MiB");
            live.run(0, "pair", "establish", "v", "--peer", "b");
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "write -P 1 0 8M");
            assertTrue(live.run(0, 4, "volume", "grow", "v", "24 MiB").contains("volume beside has bytes"));
            for (int node = 0; node < 2; node++) {
                live.run(node, "volume", "grow", "v", "20 MiB");
            }
            live.run(0, "pair", "resize", "v", "20 MiB");
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "write -P 2 7M 12M", "read -P 1 0 7M");
            live.run(0, "pair", "resize", "v", "6 MiB");
            for (int node = 0; node < 2; node++) {
                live.run(node, "volume", "shrink", "v", "6 MiB");
            }
            live.qemuIo(0, "v", "read -P 1 0 6M", "write -P 3 5M 1M");
            live.stop(0);
            live.stop(1);
            for (final String disk : new String[] {"first", "second"}) {
                assertEquals(-1, Files.mismatch(Path.of(image(0, disk)), Path.of(image(1, disk))), disk);
            }
            live.start(1);
            live.start(0);
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "read -P 1 0 5M", "read -P 3 5M 1M");
            assertEquals(6 << 20, live.status(1, "v").path("sizeBytes").asLong());
        }
    }

    @Test
    void aPairGrowsAndShrinksUnderLoad() throws Exception {
        Tool.assumeInstalled("fio");
        try (LivePair live = new LivePair(folder)) {
            for (int node = 0; node < 2; node++) {
                live.run(node, "volume", "create", "v", "8 MiB", "--path", image(node, "v"));
            }
            live.run(0, "pair", "establish", "v", "--peer", "b");
            live.await(0, "v", "up-to-date");
            final Process fio = new ProcessBuilder("fio", "--name=load", "--ioengine=nbd", "--uri=" + live.url(0, "v"),
                "--rw=randwrite", "--bs=4k", "--iodepth=8", "--size=6M", "--time_based", "--runtime=60",
                "--rate_iops=500").redirectErrorStream(true).redirectOutput(folder.resolve("fio.log").toFile()).start();
            try {
                Wait.until(() -> live.status(0, "v").path("writes").asLong() > 50, LONGEST_S, () -> "fio to write");
                assertTrue(live.run(0, 4, "pair", "resize", "v", "24 MiB").contains("volume grow"));
                live.run(0, "volume", "grow", "v", "24 MiB");
                assertTrue(live.run(0, 4, "pair", "resize", "v", "24 MiB").contains("no room"));
                live.run(1, "volume", "grow", "v", "24 MiB");
                live.run(0, "pair", "resize", "v", "24 MiB");
                live.await(0, "v", "up-to-date");
                assertEquals(24 << 20, live.status(0, "v").path("sizeBytes").asLong());
                assertEquals(24 << 20, live.status(1, "v").path("sizeBytes").asLong());
                live.qemuIo(0, "v", "write -P 9 20M 1M", "read -P 0 10M 1M");
                live.run(0, "pair", "resize", "v", "16 MiB");
                live.await(0, "v", "up-to-date");
                live.run(0, "volume", "shrink", "v", "16 MiB");
                live.run(1, "volume", "shrink", "v", "16 MiB");
                assertEquals(16 << 20, Files.size(Path.of(image(1, "v"))));
                assertTrue(fio.isAlive(), () -> "fio ended early");
            } finally {
                fio.destroy();
                fio.waitFor();
            }
            live.stop(0);
            live.stop(1);
            assertEquals(-1, Files.mismatch(Path.of(image(0, "v")), Path.of(image(1, "v"))));
            live.start(1);
            live.start(0);
            live.await(0, "v", "up-to-date");
            assertEquals(16 << 20, live.status(0, "v").path("sizeBytes").asLong());
        }
    }
}
