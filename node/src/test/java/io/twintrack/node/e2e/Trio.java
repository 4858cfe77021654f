package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.Json;
import io.twintrack.node.Node;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.KeyFile;
import io.twintrack.transport.relay.DatagramRelay;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes a and b in this process with a pair in step, origin on a, and whoever calls b from the address of its peer c.
 *
 * <pre>
 *   a ---- b ---- relay ---- c
 * </pre>
 */
final class Trio implements AutoCloseable {
    static final long SIZE = 8 << 20;
    static final int MTU = 8192;
    private static final double LONGEST_S = 20;
    private static final String VOLUMES = "    volumes:\n";
    private static final String PAIRS = "    pairs:\n";
    private static final String IQN = "iqn.2026-11.io.twintrack.test:";

    private final Path folder;
    private final InetSocketAddress a = address(Ports.udp());
    private final InetSocketAddress bTowardsA = address(Ports.udp());
    private final InetSocketAddress bTowardsC = address(Ports.udp());
    final InetSocketAddress c = address(Ports.udp());
    final InetSocketAddress nbd = address(Ports.tcp());
    final DatagramRelay relay;
    private final Node nodeA;
    private Node nodeB;

    Trio(final Path folder, final long seed) throws Exception {
        this.folder = folder;
        relay = new DatagramRelay(c, bTowardsC, seed);
        for (final String key : List.of("key-ab", "key-bc", "key-wrong")) {
            KeyFile.create(folder.resolve(key));
        }
        write("a", "a", "vol0", peer("b", "key-ab", a, bTowardsA) + VOLUMES + volume("vol0") + PAIRS
            + pair("vol0", "origin", "b") + "    nbd:\n      listen: 127.0.0.1:" + nbd.getPort() + '\n', "");
        write("b", "b", "vol0", peer("a", "key-ab", bTowardsA, a) + peer("c", "key-bc", bTowardsC, relay.towardsA())
            + VOLUMES + volume("vol0") + volume("vol1") + PAIRS + pair("vol0", "target", "a")
            + pair("vol1", "target", "c"), "alerts:\n  command: [" + teller() + "]\n");
        image("b", "vol1");
        nodeB = start("b");
        nodeA = start("a");
        awaitInStep();
    }

    private static InetSocketAddress address(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private Path teller() throws IOException {
        final Path file = folder.resolve("tell");
        Files.writeString(file, "#!/bin/sh\ncat >> " + folder.resolve("told") + "\necho >> " + folder.resolve("told")
            + '\n');
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String volume(final String name) {
        return "      - { name: " + name + ", size: 8 MiB, extents: [ { path: " + name + ".img } ] }\n";
    }

    private static String pair(final String name, final String role, final String peer) {
        return "      - { name: " + name + ", volume: " + name + ", role: " + role + ", peer: " + peer + " }\n";
    }

    private static String peer(
        final String name, final String key, final InetSocketAddress own, final InetSocketAddress other) {
        return """
                  - name: NAME
                    iqn: IQN
                    key-file: ../KEY
                    listen: 127.0.0.1:OWN
                    address: 127.0.0.1:OTHER
                    mtu: MTU
                    window: 512 KiB
                    term-length: 1 MiB
                    reply-timeout: 200 ms
                    tries: 20
            """.replace("NAME", name).replace("IQN", IQN + name).replace("KEY", key)
            .replace("OWN", "" + own.getPort()).replace("OTHER", "" + other.getPort()).replace("MTU", "" + MTU);
    }

    private void write(
        final String place, final String name, final String volume, final String parts, final String more)
        throws IOException {
        Files.createDirectories(folder.resolve(place));
        image(place, volume);
        Files.writeString(folder.resolve(place).resolve("node.yaml"), "node: " + IQN + name + '\n' + more
            + "hbas:\n  - name: hba0\n    memory:\n      slots: 64\n    peers:\n" + parts);
    }

    private void image(final String place, final String volume) throws IOException {
        try (RandomAccessFile disk =
                 new RandomAccessFile(folder.resolve(place).resolve(volume + ".img").toFile(), "rw")) {
            disk.setLength(SIZE);
        }
    }

    private Node start(final String place) throws Exception {
        return Node.start(ConfigReader.read(folder.resolve(place).resolve("node.yaml")));
    }

    void restartB() throws Exception {
        nodeB.close();
        nodeB = start("b");
        awaitInStep();
    }

    /** @param name that it gives itself. */
    Node startC(final String name, final String key) throws Exception {
        write("c", name, "vol1", peer("b", key, c, relay.towardsB()) + VOLUMES + volume("vol1") + PAIRS
            + pair("vol1", "origin", "b"), "");
        return start("c");
    }

    private void awaitInStep() {
        for (final String side : List.of("a", "b")) {
            Wait.until(() -> pair(side).path("state").asText().equals("up-to-date"), LONGEST_S,
                () -> side + ": " + pair(side));
        }
    }

    JsonNode pair(final String side) {
        return get(side, "/v1/pairs/vol0");
    }

    JsonNode get(final String side, final String path) {
        try {
            return ControlSocket.get(folder.resolve(side).resolve("meta/control.sock"), path);
        } catch (final IOException e) {
            return Json.MAPPER.missingNode();
        }
    }

    /** Sessions that b has refused, or was refused. */
    long refused() {
        return get("b", "/v1/node").path("handshakesRefused").asLong();
    }

    void awaitRefused(final long least) {
        Wait.until(() -> refused() >= least, LONGEST_S, () -> refused() + " refused, not " + least);
    }

    /** What b's program was told, of this kind. */
    List<JsonNode> told(final String event) {
        try {
            final List<JsonNode> alerts = new ArrayList<>();
            final Path file = folder.resolve("told");
            for (final String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                if (line.contains('"' + event + '"') && line.endsWith("}")) {
                    alerts.add(Json.MAPPER.readTree(line));
                }
            }
            return alerts;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String iqn(final String name) {
        return IQN + name;
    }

    @Override
    public void close() {
        nodeA.close();
        nodeB.close();
        relay.close();
    }
}
