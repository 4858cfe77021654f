package io.twintrack.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.node.Json;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.node.disk.DiskView;
import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.DiskIdentity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ControlServerTest {
    /** For tests that only ask. */
    @TempDir
    static Path shared;
    static ControlRig asked;

    @TempDir
    Path folder;

    @BeforeAll
    static void startOne() throws Exception {
        asked = new ControlRig(shared);
    }

    @AfterAll
    static void stopIt() {
        asked.close();
    }

    @BeforeEach
    void forgetWhatWasAsked() {
        asked.pairs.asked.clear();
    }

    @Test
    void aStatusHasEveryFieldThatIsDocumented() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            rig.pairs.resync = new ResyncStatus(
                ResyncStatus.Kind.DELTA, ResyncStatus.Direction.PUSH, 512, 1024, 100, -1);
            rig.pairs.verify = new VerifyStatus(false, true, 1024, 1024, 1, List.of(new VerifyStatus.Range(4096, 8192)));
            final JsonNode pair = rig.get("/v1/pairs").path("pairs").get(0);
            final ObjectNode alone = (ObjectNode) rig.get("/v1/pairs/vol0");
            assertEquals(pair, alone.set("since", pair.get("since")));
            assertDocumented(pair, "## A pair", "## A volume");
            assertEquals("up-to-date", pair.path("state").asText());
            assertEquals("outdated", pair.path("peerSide").asText());
            assertEquals("primary", pair.path("role").asText());
            assertEquals(1 << 20, pair.path("sizeBytes").asLong());
            assertEquals(7, pair.path("metadataWrites").asLong());
            assertTrue(pair.path("resync").path("secondsToGo").isNull());
            assertEquals(4096, pair.path("verify").path("ranges").get(0).path("offsetBytes").asLong());
            assertEquals("disk-failed", pair.path("alerts").get(0).asText());
            final Duration age = Duration.between(Instant.parse(pair.path("since").asText()), Instant.now());
            assertTrue(age.toSeconds() >= 5 && age.toSeconds() < 60, age.toString());
        }
    }

    /** A field that is not in the document, or in the document alone, is a breach of the promise. */
    private static void assertDocumented(final JsonNode pair, final String from, final String to)
        throws IOException {
        final String document = Files.readString(Path.of("..", "docs", "CONTROL.md"));
        final String section = document.substring(document.indexOf(from), document.indexOf(to));
        final Set<String> fields = new TreeSet<>();
        pair.fieldNames().forEachRemaining(fields::add);
        pair.path("resync").fieldNames().forEachRemaining(name -> fields.add("resync." + name));
        pair.path("verify").fieldNames().forEachRemaining(name -> fields.add("verify." + name));
        final Set<String> documented = new TreeSet<>();
        section.lines().filter(line -> line.startsWith("| `"))
            .forEach(line -> documented.add(line.substring(3, line.indexOf('`', 3))));
        assertEquals(fields, documented);
    }

    @ParameterizedTest
    @CsvSource({
        "sever, '', sever vol0",
        "reestablish, '', reestablish vol0 NONE",
        "reestablish, '{\"keep\":\"peer\"}', reestablish vol0 PEER",
        "promote, '{}', promote vol0 false",
        "promote, '{\"force\":true}', promote vol0 true",
        "demote, '', demote vol0",
        "resize, '{\"sizeBytes\":8192}', resize vol0 8192",
        "verify, '', verify vol0",
        "repair, '{\"from\":\"redundant\"}', repair vol0 REDUNDANT",
        "accept-disk, '', accept disk vol0",
    })
    void commandsReachThePair(final String command, final String body, final String expected) throws Exception {
        final String answer = raw(asked, "POST", "/v1/pairs/vol0/" + command, body);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertEquals("done", json(answer).path("done").asText());
        assertEquals(List.of(expected), asked.pairs.asked);
    }

    @Test
    void aRefusalNamesTheRuleAndWhatIsAllowed() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            rig.pairs.answer = CommandResult.refused(
                PairRule.DEMOTE_UNUSED.refuses("clients are attached", "NAME", "vol0"));
            final RefusedException e = rig.refusedPost("/v1/pairs/vol0/demote");
            assertEquals(409, e.status());
            assertEquals("clients are attached", e.getMessage());
            assertEquals(PairRule.DEMOTE_UNUSED.rule(), e.rule());
            assertEquals("twintrack pair demote vol0", e.allowed());
            assertEquals("once this side's clients are detached", e.when());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET    | /v1/pairs/nobody        |                          | 404 | there is no pair nobody",
        "POST   | /v1/pairs/nobody/sever  |                          | 404 | there is no pair nobody",
        "POST   | /v1/pairs/vol0/explode  |                          | 404 | there is no POST /v1/pairs/vol0/explode here",
        "PUT    | /v1/pairs               |                          | 404 | there is no PUT /v1/pairs here",
        "GET    | /v2/pairs               |                          | 404 | there is no /v2/pairs here",
        "GET    | /                       |                          | 404 | there is no / here",
        "GET    | /v1/pairs/a/b/c         |                          | 404 | there is no /v1/pairs/a/b/c here",
        "POST   | /v1/pairs/vol0/promote  | {\"force\":1}            | 400 | \"force\" must be true or false",
        "POST   | /v1/pairs/vol0/promote  | {\"forced\":true}        | 400 | \"forced\" is not known here; known are force",
        "POST   | /v1/pairs/vol0/sever    | {\"now\":true}           | 400 | \"now\" is not known here; known are none",
        "POST   | /v1/pairs/vol0/sever    | [1]                      | 400 | the body must be a JSON object",
        "POST   | /v1/pairs/vol0/sever    | {                        | 400 | the body is no JSON",
        "POST   | /v1/pairs/vol0/sever    | {} {}                    | 400 | the body is no JSON",
        "POST   | /v1/pairs/vol0/promote  | {\"force\":true,\"force\":true} | 400 | the body is no JSON",
        "POST   | /v1/pairs/vol0/resize   |                          | 400 | \"sizeBytes\" is missing",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":null}     | 400 | \"sizeBytes\" is missing",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":1000}     | 400 | \"sizeBytes\" must be a number of bytes",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":-4096}    | 400 | \"sizeBytes\" must be a number of bytes",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":\"4096\"} | 400 | \"sizeBytes\" must be a number of bytes",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":4096.0}   | 400 | \"sizeBytes\" must be a number of bytes",
        "POST   | /v1/pairs/vol0/resize   | {\"sizeBytes\":9e99}     | 400 | \"sizeBytes\" must be a number of bytes",
        "POST   | /v1/pairs/vol0/repair   |                          | 400 | \"from\" is missing",
        "POST   | /v1/pairs/vol0/repair   | {\"from\":\"PRIMARY\"}   | 400 | \"from\" must be primary or redundant",
        "POST   | /v1/pairs/vol0/repair   | {\"from\":\"both\"}      | 400 | \"from\" must be primary or redundant",
    })
    void whatIsMalformedChangesNothing(
        final String method, final String path, final String body, final int status, final String error)
        throws Exception {
        final String answer = raw(asked, method, path, body == null ? "" : body);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), answer);
        assertTrue(json(answer).path("error").asText().startsWith(error), answer);
        assertNamesItsRule(answer);
        assertEquals(List.of(), asked.pairs.asked);
    }

    private static void assertNamesItsRule(final String answer) throws Exception {
        assertFalse(json(answer).path("rule").asText().isEmpty(), answer);
        assertTrue(json(answer).path("allowed").asText().startsWith("twintrack "), answer);
    }

    @Test
    void whatIsNoHttpGetsAnErrorInJson() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            final String answer = send(rig, "hello\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertEquals("this is no request that the control endpoint takes", json(answer).path("error").asText());
            final String tooLong = raw(rig, "POST", "/v1/pairs/vol0/sever", " ".repeat(70_000));
            assertTrue(tooLong.startsWith("HTTP/1.1 400 "), tooLong);
            assertNamesItsRule(answer);
            assertNamesItsRule(tooLong);
            assertEquals(1, rig.get("/v1/pairs").path("pairs").size());
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsNotWaitedForForever() throws Exception {
        try (ControlRig rig = new ControlRig(folder, 300)) {
            rig.pairs.answer = null;
            final RefusedException e = rig.refusedPost("/v1/pairs/vol0/sever");
            assertEquals(504, e.status());
            assertTrue(e.getMessage().contains("the command goes on"), e.getMessage());
            assertEquals("twintrack pair status", e.allowed());
            rig.pairs.answer = CommandResult.done("done");
            assertEquals("done", rig.post("/v1/pairs/vol0/sever").path("done").asText());
        }
    }

    @Test
    void anHbaThatTakesNothingIsSaidToBeBusy() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            rig.refuseTasks();
            assertEquals(503, rig.refusedPost("/v1/pairs/vol0/sever").status());
        }
    }

    @Test
    void onlyTheOwnerMayOpenTheSocket() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            assertEquals("rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.config.control())));
            assertFalse(Files.exists(rig.config.control().resolveSibling(".control.sock")));
        }
    }

    @Test
    void takesOverTheSocketOfOneThatWasKilledButNotOfOneThatListens() throws Exception {
        final Path socket = folder.resolve("meta/control.sock");
        Files.createDirectories(folder.resolve("meta"));
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            final IOException e = assertThrows(IOException.class, () -> new ControlRig(folder));
            assertEquals("it cannot listen for commands on " + socket + ": another process listens there",
                e.getMessage());
        }
        assertTrue(Files.exists(socket), "a closed socket's name stays");
        try (ControlRig rig = new ControlRig(folder)) {
            assertEquals(1, rig.get("/v1/pairs").path("pairs").size());
        }
        assertFalse(Files.exists(socket));
    }

    @Test
    void tellsAboutTheNodeAndItsAlerts() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            assertEquals("iqn.2026-11.io.twintrack:host-a", rig.get("/v1/node").path("node").asText());
            assertTrue(rig.get("/v1/alerts").path("active").isEmpty());
            assertEquals(NodeRule.KNOWN_REQUEST.rule(), rig.refusedPost("/v1/node").rule());
        }
    }

    @Test
    void aDiskHasEveryFieldThatIsDocumentedAndNullForWhatItDoesNotTell() throws Exception {
        try (ControlRig rig = new ControlRig(folder)) {
            assertTrue(rig.get("/v1/disks").path("disks").isEmpty());
            final DiskHealth health = new DiskHealth(new DiskIdentity("WDC", "WD-1", 0x5001, "82.0"),
                DiskHealth.Verdict.PASSED, 61, 8658, DiskHealth.UNKNOWN, 0, 2, DiskHealth.UNKNOWN, 0);
            rig.disks = List.of(DiskView.of("/dev/sda", "hba0", false, health,
                List.of("61 degrees Celsius, the threshold is 60"), Map.of("commands", 12L)));
            final JsonNode disk = rig.get("/v1/disks").path("disks").get(0);
            assertDocumented(disk, "## A disk", "## A node");
            assertEquals("/dev/sda", disk.path("path").asText());
            assertEquals("0000000000005001", disk.path("wwn").asText());
            assertEquals("passed", disk.path("smart").asText());
            assertEquals(61, disk.path("temperatureCelsius").asLong());
            assertEquals(8658, disk.path("powerOnHours").asLong());
            assertEquals(0, disk.path("reallocatedSectors").asLong(-1));
            assertEquals(2, disk.path("pendingSectors").asLong());
            assertTrue(disk.path("powerCycles").isNull());
            assertEquals("61 degrees Celsius, the threshold is 60", disk.path("warnings").get(0).asText());
            assertEquals(12, disk.path("counters").path("commands").asLong());
            assertEquals(61, disk.path("counters").path("temperature-celsius").asLong());
            assertEquals(8658, disk.path("counters").path("power-on-hours").asLong());
            assertEquals(0, disk.path("counters").path("reallocated-sectors").asLong(-1));
            assertEquals(2, disk.path("counters").path("pending-sectors").asLong());
            assertEquals(0, disk.path("counters").path("smart-failing").asLong(-1));
            assertTrue(disk.path("counters").path("power-cycles").isMissingNode(), "what it does not tell");
            assertEquals(404, rig.refusedPost("/v1/disks").status());
        }
    }

    private static String raw(final ControlRig rig, final String method, final String path, final String body)
        throws IOException {
        return send(rig, method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    /** @return all that comes back until the end of the connection. */
    private static String send(final ControlRig rig, final String request) throws IOException {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(rig.config.control()))) {
            final ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            final StringBuilder answer = new StringBuilder();
            try {
                while (bytes.hasRemaining()) {
                    socket.write(bytes);
                }
            } catch (final IOException e) {
                // The server has answered before it read all.
            }
            final ByteBuffer in = ByteBuffer.allocate(65536);
            while (socket.read(in) >= 0) {
                answer.append(StandardCharsets.UTF_8.decode(in.flip()));
                in.clear();
            }
            return answer.toString();
        }
    }

    private static JsonNode json(final String answer) throws IOException {
        return Json.MAPPER.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }
}
