package io.twintrack.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.node.config.ResyncConfig;
import io.twintrack.node.control.ControlClient.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Volumes and pairs that are made on a running node. */
class TablesTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    @TempDir
    Path folder;

    @Test
    void aVolumeIsMadeOfZerosAndOutlivesTheNode() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            final JsonNode made = create(rig, "vol1", 64 * KIB, "vol1.img");
            assertEquals("ready", made.path("state").asText());
            assertFalse(made.path("declared").asBoolean());
            assertArrayEquals(new byte[64 * KIB], Files.readAllBytes(folder.resolve("vol1.img")));
        }
        try (ControlRig rig = new ControlRig(folder)) {
            final JsonNode volumes = rig.get("/v1/volumes").path("volumes");
            assertEquals(List.of("vol0", "vol1"), volumes.findValuesAsText("name"));
            assertEquals(64 * KIB, rig.get("/v1/volumes/vol1").path("sizeBytes").asLong());
        }
    }

    @Test
    void whatLiesOnADiskStays() throws Exception {
        final byte[] content = new byte[64 * KIB];
        Arrays.fill(content, (byte) 7);
        Files.write(folder.resolve("old.img"), content);
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "old", 32 * KIB, "old.img");
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("old.img")));
            assertRule(rig.refusedDelete("/v1/volumes/old?files=remove"),
                "only files that were made with a volume are removed with it", "twintrack volume delete old");
            rig.post("/v1/volumes/old/grow", "sizeBytes", 64 * KIB);
            assertRule(rig.refusedPost("/v1/volumes/old/grow", "sizeBytes", 68 * KIB),
                "a volume grows within its disks; only files that were made with it are made longer",
                "twintrack volume grow old SIZE");
            rig.post("/v1/volumes/old/shrink", "sizeBytes", 4 * KIB);
            rig.delete("/v1/volumes/old");
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("old.img")));
        }
    }

    @Test
    void aVolumeGrowsByZerosAndShrinks() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            final byte[] content = new byte[64 * KIB];
            Arrays.fill(content, (byte) 7);
            Files.write(folder.resolve("vol1.img"), content);
            assertEquals(128 * KIB,
                rig.post("/v1/volumes/vol1/grow", "sizeBytes", 128 * KIB).path("sizeBytes").asInt());
            assertArrayEquals(Arrays.copyOf(content, 128 * KIB), Files.readAllBytes(folder.resolve("vol1.img")));
            assertRule(rig.refusedPost("/v1/volumes/vol1/grow", "sizeBytes", 128 * KIB),
                "growing makes a volume larger", "twintrack volume shrink vol1 SIZE");
            rig.post("/v1/volumes/vol1/shrink", "sizeBytes", 4 * KIB);
            assertArrayEquals(Arrays.copyOf(content, 4 * KIB), Files.readAllBytes(folder.resolve("vol1.img")));
            assertRule(rig.refusedPost("/v1/volumes/vol1/shrink", "sizeBytes", 8 * KIB),
                "shrinking makes a volume smaller", "twintrack volume grow vol1 SIZE");
            assertEquals("volume vol1 is deleted; its files are removed",
                rig.delete("/v1/volumes/vol1?files=remove").path("done").asText());
            assertFalse(Files.exists(folder.resolve("vol1.img")));
            assertEquals(404, rig.refusedDelete("/v1/volumes/vol1").status());
        }
    }

    @Test
    void nameDisksAndMetadataHaveOneOwner() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            assertRule(rig.refusedPost("/v1/volumes", "name", "vol0", "sizeBytes", 4 * KIB, "path", path("x.img")),
                "each volume of a node has a name of its own", "twintrack volume create VOLUME SIZE --path FILE");
            assertRule(rig.refusedPost("/v1/volumes", "name", "vol1", "sizeBytes", 4 * KIB, "path", path("vol0.img")),
                "each byte of a disk belongs to one volume", "twintrack volume list");
            Files.createSymbolicLink(folder.resolve("link.img"), folder.resolve("vol0.img"));
            assertRule(rig.refusedPost("/v1/volumes", "name", "vol1", "sizeBytes", 4 * KIB, "path", path("link.img")),
                "each byte of a disk belongs to one volume", "twintrack volume list");
            assertRule(rig.refusedPost("/v1/volumes", "name", "vol1", "sizeBytes", 4 * KIB, "path", path("meta/x")),
                "the metadata folder is the node's own", "twintrack volume create vol1 SIZE --path FILE");
            assertEquals(400, rig.refusedPost(
                "/v1/volumes", "name", "vol1", "sizeBytes", 4 * KIB, "path", path("nowhere/x")).status());
            assertEquals(400, rig.refusedPost(
                "/v1/volumes", "name", "vol1", "sizeBytes", 4 * KIB, "path", "relative").status());
            assertEquals(503, rig.refusedPost(
                "/v1/volumes", "name", "vol1", "sizeBytes", 1L << 50, "path", path("huge.img")).status());
            assertFalse(Files.exists(folder.resolve("huge.img")));
            assertEquals(1, rig.get("/v1/volumes").path("volumes").size());
        }
    }

    @Test
    void aVolumeMayHaveManyExtents() throws Exception {
        Files.write(folder.resolve("a.img"), new byte[64 * KIB]);
        Files.write(folder.resolve("b.img"), new byte[64 * KIB]);
        try (ControlRig rig = new ControlRig(folder)) {
            final List<Map<String, Object>> extents = List.of(
                Map.of("path", path("a.img"), "offsetBytes", 32 * KIB, "lengthBytes", 32 * KIB),
                Map.of("path", path("b.img"), "lengthBytes", 32 * KIB));
            assertEquals(400, rig.refusedPost("/v1/volumes", "name", "two", "sizeBytes", 4 * KIB, "extents", extents)
                .status());
            assertEquals(400, rig.refusedPost("/v1/volumes", "name", "two", "sizeBytes", 64 * KIB, "extents", extents,
                "layout", "striped", "stripeBytes", 12 * KIB).status());
            final JsonNode made = rig.post("/v1/volumes", "name", "two", "sizeBytes", 64 * KIB, "extents", extents,
                "layout", "striped", "stripeBytes", 4 * KIB);
            assertEquals(2, made.path("extents").size());
            assertEquals(32 * KIB, made.path("extents").get(0).path("offsetBytes").asInt());
            assertRule(rig.refusedPost("/v1/volumes/two/shrink", "sizeBytes", 60 * KIB),
                "a volume grows and shrinks at its end, which stripes do not have",
                "twintrack volume create VOLUME SIZE --extent PATH:OFFSET:LENGTH --stripe SIZE");
        }
    }

    @Test
    void whatTheFileDeclaresIsChangedThere() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            for (final RefusedException e : List.of(rig.refusedDelete("/v1/volumes/vol0"),
                rig.refusedPost("/v1/volumes/vol0/grow", "sizeBytes", 2 << 20),
                rig.refusedPost("/v1/volumes/vol0/shrink", "sizeBytes", 4 * KIB))) {
                assertRule(e, "a volume that stands in the node's file is changed there",
                    "twintrack node --check FILE");
            }
            assertRule(rig.refusedDelete("/v1/pairs/vol0"),
                "a pair that stands in the node's file is deleted there", "twintrack pair sever vol0");
        }
    }

    @Test
    void aPairIsEstablishedOnceAndOutlivesTheNode() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            assertEquals(404, rig.refusedPost("/v1/pairs", "volume", "none", "peer", "host-b").status());
            assertEquals(404, rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-c").status());
            assertEquals(400, rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-b", "mode", "both")
                .status());
            assertEquals(400, rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-b", "resyncFloorBytes",
                2 * MIB, "resyncCeilingBytes", MIB).status());
            assertEquals("done", rig.post("/v1/pairs", "volume", "vol1", "peer", "host-b", "mode", "memory",
                "resyncFloorBytes", MIB, "resyncCeilingBytes", 2 * MIB).path("done").asText());
            assertEquals(List.of("forget vol1", "add vol1 ORIGIN vol1"), rig.pairs.asked);
            assertEquals("vol1", rig.get("/v1/volumes/vol1").path("pair").asText());
            assertFalse(rig.get("/v1/pairs/vol1").path("declared").asBoolean());
            assertRule(rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-b", "name", "other"),
                "a volume belongs to one pair", "twintrack pair delete vol1");
            assertRule(rig.refusedDelete("/v1/volumes/vol1"),
                "a volume is deleted only when no pair lies on it", "twintrack pair delete vol1");
        }
        try (ControlRig rig = new ControlRig(folder)) {
            assertEquals(1, rig.catalogue.tables().pairs().size());
            assertEquals(new ResyncConfig(MIB, 2 * MIB), rig.catalogue.tables().pairs().get(0).pair().resync());
            assertEquals("vol1", rig.get("/v1/volumes/vol1").path("pair").asText());
        }
    }

    @Test
    void aPairThatIsRefusedIsNotRecorded() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            rig.pairs.answer =
                CommandResult.refused(PairRule.OFFER_REFUSED.refuses("the peer has no volume vol1"));
            assertRule(rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-b"), PairRule.OFFER_REFUSED.rule(),
                "twintrack node --check FILE");
            assertTrue(rig.catalogue.tables().pairs().isEmpty());
            rig.pairs.answer = CommandResult.done("done");
            rig.post("/v1/pairs", "volume", "vol1", "peer", "host-b", "role", "redundant");
            assertEquals("redundant", rig.get("/v1/pairs/vol1").path("role").asText());
        }
    }

    /** Else a node that starts right after the tables have changed would take the record for the new pair's. */
    @Test
    void aPairIsNotRecordedBesideWhatAnEarlierOneLeft() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            rig.pairs.answerOfRecords = CommandResult.refused(NodeRule.PAIR_RECORD_GOES.refuses("the record stays"));
            assertRule(rig.refusedPost("/v1/pairs", "volume", "vol1", "peer", "host-b"),
                NodeRule.PAIR_RECORD_GOES.rule(), "twintrack pair status");
            assertEquals(List.of("forget vol1"), rig.pairs.asked);
            assertTrue(rig.catalogue.tables().pairs().isEmpty());
        }
    }

    @Test
    void aPairThatMayNotGoStays() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            rig.post("/v1/pairs", "volume", "vol1", "peer", "host-b");
            rig.pairs.answer = CommandResult.refused(PairRule.DELETE_UNUSED.refuses("clients are attached"));
            assertRule(rig.refusedDelete("/v1/pairs/vol1"), PairRule.DELETE_UNUSED.rule(), "twintrack pair delete NAME");
            assertEquals(1, rig.catalogue.tables().pairs().size());
            rig.pairs.answer = CommandResult.done("done");
            rig.pairs.asked.clear();
            rig.delete("/v1/pairs/vol1");
            assertEquals(List.of("remove vol1", "forget vol1"), rig.pairs.asked);
            assertTrue(rig.catalogue.tables().pairs().isEmpty());
            rig.delete("/v1/volumes/vol1");
        }
    }

    @Test
    void aVolumeIsNotCutBelowItsPair() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            rig.post("/v1/pairs", "volume", "vol1", "peer", "host-b");
            assertRule(rig.refusedPost("/v1/volumes/vol1/shrink", "sizeBytes", 32 * KIB),
                "a volume is not cut below what its pair uses", "twintrack pair resize vol1 \"32 KiB\"");
            assertEquals(64 * KIB, Files.size(folder.resolve("vol1.img")));
            rig.post("/v1/pairs/vol1/resize", "sizeBytes", 32 * KIB);
            rig.post("/v1/volumes/vol1/shrink", "sizeBytes", 32 * KIB);
            assertEquals(32 * KIB, Files.size(folder.resolve("vol1.img")));
            rig.post("/v1/volumes/vol1/grow", "sizeBytes", 64 * KIB);
            assertEquals(List.of("forget vol1", "add vol1 ORIGIN vol1", "resize vol1 32768", "resize volume vol1 32768",
                "resize volume vol1 65536"), rig.pairs.asked);
        }
    }

    @Test
    void aPeersOfferIsTakenForAVolumeThatIsFree() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            create(rig, "vol1", 64 * KIB, "vol1.img");
            assertOffer(rig, ControlRig.PEER_IQN, "absent", 4096, "there is no volume absent on HBA hba0");
            assertOffer(rig, ControlRig.PEER_IQN, "vol0", 4096, "volume vol0 belongs to pair vol0 already");
            assertOffer(rig, "iqn.2026-11.io.twintrack:stranger", "vol1", 4096,
                "no peer is named iqn.2026-11.io.twintrack:stranger");
            assertOffer(rig, ControlRig.PEER_IQN, "vol1", 68 * KIB,
                "volume vol1 has 65536 bytes, the pair needs 69632");
            assertTrue(rig.catalogue.tables().pairs().isEmpty());
            assertOffer(rig, ControlRig.PEER_IQN, "vol1", 64 * KIB, "done");
            assertEquals(List.of("forget pair1", "add pair1 TARGET vol1"), rig.pairs.asked);
            assertEquals("host-b", rig.catalogue.tables().pair("pair1").orElseThrow().pair().peer());
            rig.control.close();
            assertOffer(rig, ControlRig.PEER_IQN, "vol1", 64 * KIB, "the node is stopping");
        }
    }

    private static void assertOffer(
        final ControlRig rig, final String peer, final String volume, final long size, final String what)
        throws Exception {
        final CompletableFuture<CommandResult> heard = new CompletableFuture<>();
        rig.offer("pair1", peer, volume, size, heard::complete);
        assertEquals(what, heard.get(10, TimeUnit.SECONDS).what());
    }

    private static void assertRule(final RefusedException e, final String rule, final String allowed) {
        assertEquals(409, e.status(), e.getMessage());
        assertEquals(rule, e.rule());
        assertEquals(allowed, e.allowed());
    }

    private JsonNode create(final ControlRig rig, final String name, final long size, final String file)
        throws Exception {
        return rig.post("/v1/volumes", "name", name, "sizeBytes", size, "path", path(file));
    }

    private String path(final String name) throws IOException {
        return folder.toRealPath().resolve(name).toString();
    }
}
