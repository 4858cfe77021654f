package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.frame.Operation;
import io.twintrack.node.Node;
import io.twintrack.transport.relay.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Somebody calls a node from the address of one of its peers and is not that peer: refused, counted and told once,
 * while the pair with another peer is in step and serves.
 */
@Timeout(180)
class UnwelcomePeersTest {
    private static final double SOON_S = 20;
    private static final int TRIES = 3;

    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final long seed = Long.getLong("twintrack.seed", System.nanoTime() >>> 16);
    private Trio trio;
    private StampedBlocks blocks;
    private Thread load;
    private String inStepSince;

    @BeforeEach
    void serve() throws Exception {
        trio = new Trio(folder, seed);
        inStepSince = since();
        blocks = new StampedBlocks(trio.nbd, "vol0", Trio.SIZE, seed);
        load = blocks.start();
    }

    @AfterEach
    void close() throws IOException {
        try {
            blocks.stop(load);
            blocks.check();
        } finally {
            trio.close();
        }
    }

    private String since() {
        return trio.pair("a").path("since").asText();
    }

    @Test
    void aWrongKey() throws Exception {
        try (Node stranger = trio.startC("c", "key-wrong")) {
            trio.awaitRefused(TRIES);
            assertToldOnce("AUTHENTICATION", "compare the key-file");
            assertServed();
        }
        assertWelcome();
    }

    @Test
    void anothersName() throws Exception {
        try (Node stranger = trio.startC("a", "key-bc")) {
            trio.awaitRefused(TRIES);
            assertToldOnce("UNKNOWN_NODE", "compare names");
            assertServed();
        }
        assertWelcome();
    }

    /** What the peer itself said once to open its session, word for word. */
    @Test
    void aReplayedHandshake() throws Exception {
        final Replayer replayer = new Replayer();
        trio.relay.faults(Direction.A_TO_B).filter(replayer::record);
        assertWelcome();
        trio.relay.heal();
        assertFalse(replayer.frames(Operation.HELLO).isEmpty());
        assertFalse(replayer.frames(Operation.PROOF).isEmpty());
        replay(replayer);
        assertToldOnce("AUTHENTICATION", "compare the key-file");
        assertServed();
        blocks.stop(load);
        trio.restartB();
        inStepSince = since();
        load = blocks.start();
        final int before = trio.told("handshake-refused").size();
        replay(replayer);
        Wait.until(() -> trio.told("handshake-refused").size() > before, SOON_S, () -> "a new life tells anew");
        assertEquals(before + 1, trio.told("handshake-refused").size());
        assertServed();
        assertWelcome();
    }

    private void replay(final Replayer replayer) {
        final long before = trio.refused();
        final int times = 5;
        replayer.sayAgain(folder.resolve("replayer.aeron"), trio.c, trio.relay.towardsB(), times);
        trio.awaitRefused(before + times);
    }

    private void assertToldOnce(final String reason, final String whatToDo) {
        Wait.until(() -> !trio.told("handshake-refused").isEmpty(), SOON_S, () -> "nobody was told");
        final List<JsonNode> told = trio.told("handshake-refused");
        assertEquals(1, told.size(), told::toString);
        final JsonNode alert = told.get(0);
        assertEquals(Trio.iqn("b"), alert.path("node").asText());
        assertEquals(Trio.iqn("c"), alert.path("pair").asText());
        assertEquals("a session with this node was refused: " + reason, alert.path("what").asText());
        assertTrue(alert.path("atRisk").asText().contains("those that have one go on"), alert::toString);
        assertTrue(alert.path("whatToDo").asText().startsWith(whatToDo), alert::toString);
        assertFalse(Instant.parse(alert.path("since").asText()).isAfter(Instant.parse(alert.path("time").asText())));
        final JsonNode active = trio.get("b", "/v1/alerts").path("active");
        assertEquals(1, active.size(), active::toString);
        assertEquals("handshake-refused", active.get(0).path("event").asText());
        assertEquals(alert.path("what"), active.get(0).path("what"));
    }

    /** All the time: neither state nor session of the pair has changed. */
    private void assertServed() {
        final long goal = blocks.acknowledgements() + 200;
        Wait.until(() -> blocks.acknowledgements() >= goal, SOON_S, () -> blocks + " " + trio.pair("a"));
        assertEquals(0, blocks.errors(), blocks::toString);
        assertEquals("up-to-date", trio.pair("a").path("state").asText());
        assertEquals("up-to-date", trio.pair("b").path("state").asText());
        assertEquals(inStepSince, since());
    }

    /** The peer itself is let in, and so the alert ends. */
    private void assertWelcome() throws Exception {
        final int before = trio.told("re-established").size();
        final boolean isNews = !trio.told("handshake-refused").isEmpty();
        try (Node peer = trio.startC("c", "key-bc")) {
            Wait.until(() -> isSessionOpen() && (!isNews || trio.told("re-established").size() > before), SOON_S,
                () -> "the peer is not let in: " + trio.get("b", "/v1/alerts"));
            assertEquals(0, trio.get("b", "/v1/alerts").path("active").size());
        }
    }

    private boolean isSessionOpen() {
        return trio.get("c", "/v1/pairs/vol1").path("state").asText().equals("up-to-date");
    }
}
