package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.KeyFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A node that starts empty and is told what it has. */
class ControlTest {
    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private Path config;
    private Path socket;

    @BeforeEach
    void prepare() throws IOException {
        KeyFile.create(folder.resolve("key"));
        socket = folder.resolve("meta/control.sock");
        config = Files.writeString(folder.resolve("node.yaml"), """
            node: iqn.2026-11.io.twintrack.test:a
            hbas:
              - name: hba0
                memory: { slots: 64 }
                peers:
                  - name: b
                    iqn: iqn.2026-11.io.twintrack.test:b
                    key-file: key
                    listen: 127.0.0.1:%d
                    address: 127.0.0.1:%d
            """.formatted(Ports.udp(), Ports.udp()));
    }

    @Test
    void whatWasMadeByCommandOutlivesAKill() throws IOException {
        Tool.assumeInstalled("curl");
        try (NodeProcess node = NodeProcess.start(config)) {
            node.awaitServing(30);
            assertEquals("volume vol1 is made: 1 MiB\n",
                command("volume", "create", "vol1", "1 MiB", "--path", folder.resolve("vol1.img").toString()));
            final JsonNode volume = curl("/v1/volumes/vol1");
            assertEquals(1 << 20, volume.path("sizeBytes").asLong());
            assertTrue(curl("/v1/node").path("serving").asBoolean());
            assertEquals(node.pid(), curl("/v1/node").path("pid").asLong());
            node.signal("KILL");
        }
        assertTrue(Files.exists(socket), "a killed node leaves its socket's name");
        try (NodeProcess node = NodeProcess.start(config)) {
            node.awaitServing(30);
            assertEquals("vol1", curl("/v1/volumes").path("volumes").get(0).path("name").asText());
            assertEquals("volume vol1 is deleted; its files are removed\n",
                command("volume", "delete", "vol1", "--remove-files"));
            node.stop();
        }
        assertFalse(Files.exists(socket));
        assertFalse(Files.exists(folder.resolve("vol1.img")));
    }

    private String command(final String... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--control";
        all[words.length + 1] = socket.toString();
        assertEquals(0, Twintrack.execute(new PrintWriter(out, true), new PrintWriter(err, true), all), err::toString);
        return out.toString();
    }

    private JsonNode curl(final String path) throws IOException {
        return Json.MAPPER.readTree(Tool.run(
            folder, 20, "curl", "-sS", "--fail", "--unix-socket", socket.toString(), "http://localhost" + path));
    }
}
