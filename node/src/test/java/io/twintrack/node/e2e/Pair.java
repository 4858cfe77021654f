package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.machine.ProcessorTime;
import io.twintrack.engine.pair.Mode;
import io.twintrack.node.config.KeyFile;
import io.twintrack.transport.relay.DatagramRelay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Two nodes as processes and the volume that they mirror.
 *
 * <pre>
 *   FOLDER/origin/node.yaml   FOLDER/origin/vol0.img
 *   FOLDER/target/node.yaml   FOLDER/target/vol0.img
 * </pre>
 */
final class Pair implements AutoCloseable {
    static final String UP_TO_DATE = "pair vol0: \\w+ -> UP_TO_DATE";
    static final String SEVERED = "pair vol0: \\w+ -> SEVERED";
    private static final String UP_TO_DATE_STATE = "up-to-date";
    private static final double START_S = 30;
    /** Of the processor time that a test wanted. */
    private static final double MUCH = 0.15;

    final Path folder;
    private final ProcessorTime began = processors();
    private final int originPort = Ports.udp();
    private final int targetPort = Ports.udp();
    private final int nbdPort = Ports.tcp();
    private final int targetNbdPort = Ports.tcp();
    private long size = 32 << 20;
    private String originHost = "127.0.0.1";
    private String targetHost = "127.0.0.1";
    /** Small streams start quickly, and a machine that is busy may take its time to answer. */
    private final Map<String, Object> link =
        new LinkedHashMap<>(Map.of("window", "512 KiB", "term-length", "1 MiB", "tries", 20));
    private String originSections = "";
    private Mode mode = Mode.DISK;
    private boolean sparse;
    private boolean targetListens;
    private DatagramRelay relay;
    private NodeProcess origin;
    private NodeProcess target;

    Pair(final Path folder) {
        this.folder = folder;
    }

    Pair size(final long bytes) {
        size = bytes;
        return this;
    }

    /** Images are made without blocks, so that large ones cost nothing. */
    Pair sparse() {
        sparse = true;
        return this;
    }

    /** Clients may attach to the target's node as well. */
    Pair targetListens() {
        targetListens = true;
        return this;
    }

    Pair mode(final Mode pairMode) {
        mode = pairMode;
        return this;
    }

    /** A key of the peer section on both sides, such as {@code mtu: 1408}. */
    Pair link(final String key, final Object value) {
        link.put(key, value);
        return this;
    }

    /** What else stands in the origin's file, such as {@code fence}. */
    Pair originSections(final String yaml) {
        originSections = yaml;
        return this;
    }

    /** IPv4 addresses of the nodes, where they are not on the loopback interface. */
    Pair hosts(final String ofOrigin, final String ofTarget) {
        originHost = ofOrigin;
        targetHost = ofTarget;
        return this;
    }

    /** All datagrams between the nodes go through a relay. */
    Pair relayed(final long seed) {
        relay = new DatagramRelay(address(originPort), address(targetPort), seed);
        return this;
    }

    private static InetSocketAddress address(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Makes the files; images that are there stay. */
    Pair prepare() {
        final int towardsTarget = relay == null ? targetPort : relay.towardsB().getPort();
        final int towardsOrigin = relay == null ? originPort : relay.towardsA().getPort();
        write("origin", node("origin", "target", originHost + ':' + originPort, targetHost + ':' + towardsTarget)
            + "    nbd:\n      listen: 127.0.0.1:" + nbdPort + '\n' + originSections);
        write("target", node("target", "origin", targetHost + ':' + targetPort, originHost + ':' + towardsOrigin)
            + (targetListens ? "    nbd:\n      listen: 127.0.0.1:" + targetNbdPort + '\n' : ""));
        makeKey();
        zero(originImage());
        zero(targetImage());
        return this;
    }

    /** Both nodes run, are equal, and the origin serves. */
    Pair start() {
        prepare();
        startTarget();
        startOrigin();
        origin.awaitServing(START_S);
        awaitUpToDate();
        return this;
    }

    /**
     * The pair as one of its nodes sees it; docs/CONTROL.md describes it. {@code null} when the node does not answer.
     */
    JsonNode status(final String side) {
        try {
            return ControlSocket.get(folder.resolve(side).resolve("meta/control.sock"), "/v1/pairs/vol0");
        } catch (final IOException e) {
            return null;
        }
    }

    /** @param state in the words of docs/CONTROL.md. */
    boolean is(final String side, final String state) {
        final JsonNode status = status(side);
        return status != null && status.path("state").asText().equals(state);
    }

    /** @param state in the words of docs/CONTROL.md, that the pair gets into as the side sees it. */
    void awaitState(final String side, final String state) {
        Wait.until(() -> is(side, state), START_S, () -> side + " to be " + state + ", but it is " + status(side)
            + '\n' + this);
    }

    /** Both sides say so. */
    void awaitUpToDate() {
        awaitState("origin", UP_TO_DATE_STATE);
        awaitState("target", UP_TO_DATE_STATE);
    }

    /** @return commands for the node of one side. */
    CommandLine command(final String side) {
        return new CommandLine(config(side));
    }

    /** @param prefix words of a command that runs the rest of the command line. */
    NodeProcess startOrigin(final String... prefix) {
        origin = NodeProcess.start(config("origin"), prefix);
        return origin;
    }

    /** @param prefix words of a command that runs the rest of the command line. */
    NodeProcess startTarget(final String... prefix) {
        target = NodeProcess.start(config("target"), prefix);
        return target;
    }

    private String linkKeys() {
        final StringBuilder keys = new StringBuilder();
        link.forEach((key, value) -> keys.append("        ").append(key).append(": ").append(value).append('\n'));
        return keys.toString();
    }

    private String node(final String side, final String peer, final String listen, final String address) {
        return """
            node: iqn.2026-11.io.twintrack.test:SIDE
            hbas:
              - name: SIDE
                memory:
                  slots: 128
                peers:
                  - name: PEER
                    iqn: iqn.2026-11.io.twintrack.test:PEER
                    listen: LISTEN
                    address: ADDRESS
                    key-file: ../key
            LINK    volumes:
                  - name: vol0
                    size: SIZE B
                    extents:
                      - path: vol0.img
                pairs:
                  - name: vol0
                    volume: vol0
                    role: SIDE
                    peer: PEER
                    mode: MODE
            """.replace("SIDE", side).replace("PEER", peer).replace("LISTEN", listen).replace("ADDRESS", address)
            .replace("SIZE", Long.toString(size)).replace("LINK", linkKeys())
            .replace("MODE", mode.name().toLowerCase(Locale.ROOT));
    }

    private void write(final String side, final String yaml) {
        try {
            Files.createDirectories(folder.resolve(side));
            Files.writeString(config(side), yaml);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeKey() {
        try {
            if (!Files.exists(folder.resolve("key"))) {
                KeyFile.create(folder.resolve("key"));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void zero(final Path image) {
        if (Files.exists(image)) {
            return;
        }
        try (FileChannel file =
                 FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            final ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long written = sparse ? file.write(zeros.limit(1), size - 1) + size : 0; written < size;) {
                written += file.write(zeros.clear().limit((int) Math.min(1 << 20, size - written)));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path config(final String side) {
        return folder.resolve(side).resolve("node.yaml");
    }

    Path originImage() {
        return folder.resolve("origin/vol0.img");
    }

    Path targetImage() {
        return folder.resolve("target/vol0.img");
    }

    String uri() {
        return "nbd://127.0.0.1:" + nbdPort + "/vol0";
    }

    InetSocketAddress nbd() {
        return address(nbdPort);
    }

    String targetUri() {
        return "nbd://127.0.0.1:" + targetNbdPort + "/vol0";
    }

    /** @see #targetListens */
    InetSocketAddress targetNbd() {
        return address(targetNbdPort);
    }

    /** Where the side keeps its record. */
    Path record(final String side) {
        return folder.resolve(side).resolve("meta/vol0.pair");
    }

    InetSocketAddress originAddress() {
        return address(originPort);
    }

    InetSocketAddress targetAddress() {
        return address(targetPort);
    }

    NodeProcess origin() {
        return origin;
    }

    NodeProcess target() {
        return target;
    }

    DatagramRelay relay() {
        return relay;
    }

    long size() {
        return size;
    }

    /** fio writes in random pieces and reads back, from a seed, to its good end. */
    void verify(final long seed, final double seconds, final String... more) {
        try {
            Fio.runVerify(folder, seconds, uri(), seed, more);
        } catch (final AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + '\n' + this, e);
        }
    }

    /**
     * Both stop as an operator stops them, and hold the same bytes. A pair that a slow machine severed heals by itself
     * before.
     */
    void stopAndCompare() {
        awaitUpToDate();
        origin.stop();
        target.stop();
        assertImagesEqual();
    }

    /**
     * Nodes that have stopped met once and were never parted. On a machine whose host keeps its processors away they
     * may lose each other for that alone: then nothing is learnt, and the test is skipped.
     */
    void assertNeverParted() {
        final long ups = origin.counted("times the link came up");
        assumeTrue(ups == 1 || withheld() < MUCH, () -> "the link was lost on a machine whose own host kept "
            + Math.round(100 * withheld()) + " % of the processor time from it");
        assertEquals(1, ups, this::toString);
        assertEquals(1, target.counted("times the link came up"), this::toString);
        assertEquals(1, target.counted("sessions accepted as target"), this::toString);
    }

    private double withheld() {
        return processors().withheldSince(began);
    }

    private static ProcessorTime processors() {
        try {
            return ProcessorTime.now();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void assertImagesEqual() {
        assertImagesEqual(originImage(), targetImage());
    }

    /** By a program that nobody here wrote. */
    static void assertImagesEqual(final Path one, final Path other) {
        try {
            assertEquals(Files.size(one), Files.size(other));
            assertTrue(Files.size(one) > 0);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        Tool.run(one.getParent(), 60, "cmp", one.toString(), other.toString());
    }

    @Override
    public void close() {
        if (origin != null) {
            origin.close();
        }
        if (target != null) {
            target.close();
        }
        if (relay != null) {
            relay.close();
        }
    }

    @Override
    public String toString() {
        return "origin: " + origin + "\ntarget: " + target + "\nrelay: " + relay;
    }
}
