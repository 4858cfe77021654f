package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Node;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.KeyFile;
import io.twintrack.node.control.ControlClient;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.sata.lab.Guest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** In the guest: a pair of nodes with a SATA disk each, driven over NBD. */
@Timeout(180)
class SataPairHardware {
    static final int SIZE = 2 << 20;
    private static final int WRITES = 200;

    @BeforeAll
    static void requireGuest() throws IOException {
        Guest.require();
        KeyFile.create(Path.of("/dev/shm/key"));
    }

    private static String config(final String side, final String peer, final String disk, final int listen,
        final int address) {
        return """
            node: iqn.2026-11.io.twintrack.test:SIDE
            metadata: meta-SIDE
            hbas:
              - name: SIDE
                memory:
                  slots: 64
                idle:
                  spin: 0 us
                  yield: 0 us
                peers:
                  - name: PEER
                    iqn: iqn.2026-11.io.twintrack.test:PEER
                    listen: 127.0.0.1:LISTEN
                    address: 127.0.0.1:ADDRESS
                    key-file: key
                    window: 512 KiB
                    term-length: 1 MiB
                    tries: 20
                volumes:
                  - name: vol0
                    size: SIZE B
                    extents:
                      - path: DISK
                        type: sata
                pairs:
                  - name: vol0
                    volume: vol0
                    role: SIDE
                    peer: PEER
            """.replace("SIDE", side).replace("PEER", peer).replace("LISTEN", Integer.toString(listen))
            .replace("ADDRESS", Integer.toString(address)).replace("DISK", disk)
            .replace("SIZE", Integer.toString(SIZE));
    }

    private static Path write(final String name, final String yaml) throws IOException {
        return Files.writeString(Path.of("/dev/shm", name + ".yaml"), yaml);
    }

    @Test
    void aPairOnTwoSataDisksIsEqualInTheEnd() throws Exception {
        writePair(Guest.disk("LAB0"), Guest.disk("LAB5"), "sata", Path.of("/dev/shm"));
        assertEquals(-1, Arrays.mismatch(bytes(Guest.image("LAB0")), bytes(Guest.image("LAB5"))),
            "first byte that differs on the host");
    }

    /** Starts both nodes, whose configurations and keys lie in the folder, and writes by NBD with checks. */
    static void writePair(final String originDisk, final String targetDisk, final String type, final Path folder)
        throws Exception {
        final int originPort = Ports.udp();
        final int targetPort = Ports.udp();
        final int nbdPort = Ports.tcp();
        final Path target = Files.writeString(folder.resolve("target.yaml"),
            config("target", "origin", targetDisk, targetPort, originPort).replace("type: sata", "type: " + type));
        final Path origin = Files.writeString(folder.resolve("origin.yaml"),
            config("origin", "target", originDisk, originPort, targetPort).replace("type: sata", "type: " + type)
                + "    nbd:\n      listen: 127.0.0.1:" + nbdPort + '\n');
        final long seed = System.nanoTime();
        try (Node targetNode = Node.start(ConfigReader.read(target));
             Node originNode = Node.start(ConfigReader.read(origin))) {
            Wait.until(originNode::isServing, 60, () -> "it does not serve: " + originNode.failure());
            drive(nbdPort, seed);
            if (type.equals("sata")) {
                assertTellsOfItsDisk(ConfigReader.read(origin).control(), originDisk);
            }
            assertEquals(null, targetNode.failure());
        }
    }

    private static void drive(final int nbdPort, final long seed) throws Exception {
        final StampedBlocks blocks = new StampedBlocks(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), nbdPort), "vol0", SIZE, seed);
        final Thread writer = blocks.start();
        Wait.until(() -> blocks.acknowledgements() > WRITES || !writer.isAlive(), 60, blocks::toString);
        blocks.stop(writer);
        assertTrue(blocks.acknowledgements() > WRITES, blocks::toString);
        assertEquals(0, blocks.errors(), blocks::toString);
        blocks.check();
        System.err.println("[guest] " + blocks);
    }

    /** Its watch asked the disk at the start, on a thread of its own. */
    private static void assertTellsOfItsDisk(final Path socket, final String path) throws Exception {
        try (ControlClient client = new ControlClient(socket)) {
            Wait.until(() -> disk(client).path("smart").asText().equals("passed"), 20, () -> disk(client).toString());
            final JsonNode disk = disk(client);
            assertEquals(path, disk.path("path").asText());
            assertEquals("LAB0", disk.path("serial").asText());
            assertTrue(disk.path("temperatureCelsius").asLong() > 0, disk::toString);
            assertEquals(disk.path("temperatureCelsius").asLong(),
                disk.path("counters").path("temperature-celsius").asLong());
            assertTrue(disk.path("counters").path("most-in-flight").asLong() > 0, disk::toString);
        }
    }

    private static JsonNode disk(final ControlClient client) {
        try {
            return client.get("/v1/pairs/vol0").path("disks").path(0);
        } catch (final IOException | RefusedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(final Path image) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
            final ByteBuffer bytes = ByteBuffer.allocate(SIZE);
            while (bytes.hasRemaining()) {
                assertTrue(file.read(bytes) > 0);
            }
            return bytes.array();
        }
    }

    @Test
    void aNodeDoesNotStartOnADiskThatIsInUse() throws Exception {
        final String disk = Guest.disk("LAB4");
        Guest.busybox("mkswap", disk);
        Guest.busybox("swapon", disk);
        try {
            final Path config = write("used", config("target", "origin", disk, Ports.udp(), Ports.udp()));
            final Exception e = assertThrows(Exception.class, () -> Node.start(ConfigReader.read(config)).close());
            assertTrue(e.getMessage().contains(disk + " is in use as swap"), e.getMessage());
        } finally {
            Guest.busybox("swapoff", disk);
        }
    }

    @Test
    void aDiskSmallerThanItsVolumeIsAMistakeInTheConfiguration() throws Exception {
        final Path config = write("small", config("target", "origin", Guest.disk("LAB4"), Ports.udp(), Ports.udp())
            .replace(SIZE + " B", "65 MiB"));
        final Exception e = assertThrows(Exception.class, () -> ConfigReader.read(config));
        assertTrue(e.getMessage().contains("is too small"), e.getMessage());
    }
}
