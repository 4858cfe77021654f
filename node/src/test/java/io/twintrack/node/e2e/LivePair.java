package io.twintrack.node.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.twintrack.node.Node;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.KeyFile;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two nodes whose files name no volumes and no pairs: all of it comes by command. They run in this process, or in
 * processes of their own that can be killed.
 */
final class LivePair implements AutoCloseable {
    private static final double LONGEST_S = 60;

    final Path folder;
    private final int[] nbd = {Ports.tcp(), Ports.tcp()};
    private final AutoCloseable[] nodes = new AutoCloseable[2];
    private final boolean asProcesses;

    LivePair(final Path folder) throws Exception {
        this(folder, "");
    }

    /** @param extra lines for the file of node a, such as a fence. */
    LivePair(final Path folder, final String extra) throws Exception {
        this(folder, extra, false);
    }

    static LivePair asProcesses(final Path folder) throws Exception {
        return new LivePair(folder, "", true);
    }

    private LivePair(final Path folder, final String extra, final boolean asProcesses) throws Exception {
        this.folder = folder;
        this.asProcesses = asProcesses;
        KeyFile.create(folder.resolve("key"));
        final int[] udp = {Ports.udp(), Ports.udp()};
        for (int i = 0; i < 2; i++) {
            Files.createDirectories(folder(i));
            Files.writeString(folder(i).resolve("node.yaml"), """
                node: iqn.2026-11.io.twintrack.test:ME
                EXTRAhbas:
                  - name: hba0
                    memory:
                      slots: 64
                    peers:
                      - name: PEER
                        iqn: iqn.2026-11.io.twintrack.test:PEER
                        key-file: ../key
                        listen: 127.0.0.1:OWN
                        address: 127.0.0.1:OTHER
                        window: 512 KiB
                        term-length: 1 MiB
                        reply-timeout: 200 ms
                        tries: 20
                    nbd:
                      listen: 127.0.0.1:NBD
                """.replace("ME", name(i)).replace("PEER", name(1 - i)).replace("OWN", "" + udp[i])
                .replace("OTHER", "" + udp[1 - i]).replace("NBD", "" + nbd[i])
                .replace("EXTRA", i == 0 ? extra : ""));
            start(i);
        }
    }

    static String name(final int node) {
        return node == 0 ? "a" : "b";
    }

    void start(final int node) throws Exception {
        final Path config = folder(node).resolve("node.yaml");
        nodes[node] = asProcesses ? NodeProcess.start(config) : Node.start(ConfigReader.read(config));
    }

    /** Of a pair of processes. */
    void kill(final int node) {
        process(node).kill();
    }

    NodeProcess process(final int node) {
        return (NodeProcess) nodes[node];
    }

    void stop(final int node) {
        if (nodes[node] instanceof Node running) {
            running.close();
        } else if (nodes[node] != null) {
            process(node).close();
        }
        nodes[node] = null;
    }

    Path folder(final int node) {
        return folder.resolve(name(node));
    }

    InetSocketAddress nbd(final int node) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), nbd[node]);
    }

    String url(final int node, final String export) {
        return "nbd://127.0.0.1:" + nbd[node] + '/' + export;
    }

    /** Runs a command. @return what it printed; its exit code is the expected one. */
    String run(final int node, final int expected, final String... words) {
        final StringWriter out = new StringWriter();
        final int code = execute(node, out, words);
        if (code != expected) {
            throw new AssertionError(String.join(" ", words) + " ended with " + code + ": " + out);
        }
        return out.toString();
    }

    /** @return the exit code. */
    int execute(final int node, final StringWriter out, final String... words) {
        final PrintWriter print = new PrintWriter(out, true);
        final String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--control";
        all[words.length + 1] = folder(node).resolve("meta/control.sock").toString();
        return Twintrack.execute(print, print, all);
    }

    String run(final int node, final String... words) {
        return run(node, 0, words);
    }

    JsonNode status(final int node, final String pair) {
        return get(node, "/v1/pairs/" + pair);
    }

    JsonNode get(final int node, final String path) {
        try {
            return ControlSocket.get(folder(node).resolve("meta/control.sock"), path);
        } catch (final IOException e) {
            return MissingNode.getInstance();
        }
    }

    void await(final int node, final String pair, final String state) {
        Wait.until(() -> status(node, pair).path("state").asText().equals(state), LONGEST_S,
            () -> "pair " + pair + " on " + name(node) + " to be " + state + ": " + status(node, pair));
    }

    void qemuIo(final int node, final String export, final String... commands) {
        final String[] words = new String[4 + 2 * commands.length];
        words[0] = "qemu-io";
        words[1] = "-f";
        words[2] = "raw";
        for (int i = 0; i < commands.length; i++) {
            words[3 + 2 * i] = "-c";
            words[4 + 2 * i] = commands[i];
        }
        words[words.length - 1] = url(node, export);
        Tool.run(folder, LONGEST_S, words);
    }

    /** Detached clients are noticed a moment after they have gone. */
    void awaitNoClients(final int node, final String pair) {
        Wait.until(() -> status(node, pair).path("clients").asInt() == 0, LONGEST_S, () -> "clients to be gone");
    }

    @Override
    public void close() {
        stop(0);
        stop(1);
    }

    @Override
    public String toString() {
        return "a: " + nodes[0] + "\nb: " + nodes[1];
    }
}
