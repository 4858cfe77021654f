package io.twintrack.bench.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.EmbeddedVolume;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.pair.PairOverHttp;
import io.twintrack.engine.Status;
import io.twintrack.engine.host.CompletionHandler;
import io.twintrack.engine.host.HostClient;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Node;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.InvalidConfigException;
import io.twintrack.node.config.KeyFile;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** The origin's node in this process, on an HBA thread of its own; the target's node in a child process. */
public final class EmbeddedNode implements TwintrackInProcess.Embedding {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final int BUFFERS = 32;

    private final Children children;
    private final Path program;

    /** @param program the path of {@code bin/twintrack}. */
    public EmbeddedNode(final Children children, final Path program) {
        this.children = children;
        this.program = program;
        // What the node tells people about itself would stand between the bench's own lines.
        ((Logger) LoggerFactory.getLogger("io.twintrack")).setLevel(Level.WARN);
    }

    @Override
    public Optional<String> unavailable() {
        return Files.isExecutable(program)
            ? Optional.empty() : Optional.of("no program at " + program + ": name it with --twintrack");
    }

    @Override
    public EmbeddedVolume open(final Volumes volumes) throws IOException {
        final int originPort = freeUdpPort();
        final int targetPort = freeUdpPort();
        final Path origin = volumes.dir().resolve("embedded-origin.yaml");
        final Path target = volumes.dir().resolve("embedded-target.yaml");
        final Path key = volumes.dir().resolve("embedded.key");
        volumes.forgetPairs();
        if (!Files.exists(key)) {
            KeyFile.create(key);
        }
        Files.writeString(origin, config("origin", "target", originPort, targetPort, volumes.origin(), volumes));
        Files.writeString(target, config("target", "origin", targetPort, originPort, volumes.target(), volumes));
        final Child child =
            children.start("embedded-target", List.of(program.toString(), "node", target.toString()));
        Node node = null;
        try {
            node = Node.start(ConfigReader.read(origin), BUFFERS);
            child.await("in sync with the origin", node::isServing, START_LIMIT);
            awaitUpToDate(volumes);
            return new Volume(node, child);
        } catch (final CommandFailedException | InvalidConfigException | IOException e) {
            if (node != null) {
                node.close();
            }
            children.stop(child);
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void awaitUpToDate(final Volumes volumes) throws IOException {
        try (PairOverHttp pair = new PairOverHttp(volumes.dir().resolve("embedded-origin/control.sock"), "vol0")) {
            pair.await("up-to-date", START_LIMIT);
        }
    }

    /** Slots as long as the longest request of any workload, so that none is split. */
    static String config(
        final String self, final String peer, final int listen, final int address, final Path image,
        final Volumes volumes) {
        return """
            node: iqn.2026-11.io.twintrack.bench:SELF
            metadata: embedded-SELF
            hbas:
              - name: SELF
                memory:
                  slots: 128
                  slot-length: 1 MiB
                peers:
                  - name: PEER
                    iqn: iqn.2026-11.io.twintrack.bench:PEER
                    listen: 127.0.0.1:LISTEN
                    address: 127.0.0.1:ADDRESS
                    key-file: embedded.key
                volumes:
                  - name: vol0
                    size: SIZE
                    extents:
                      - path: IMAGE
                pairs:
                  - name: vol0
                    volume: vol0
                    role: SELF
                    peer: PEER
            """
            .replace("SELF", self).replace("PEER", peer)
            .replace("LISTEN", Integer.toString(listen)).replace("ADDRESS", Integer.toString(address))
            .replace("SIZE", volumes.size() + " B").replace("IMAGE", image.toString())
            + (self.equals("origin") ? "    nbd:\n      unix: " + volumes.dir().resolve("nbd") + "\n" : "");
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket =
            new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            return socket.getLocalPort();
        }
    }

    /** Its only volume, by the way in that the node gives to the program around it: slots and rings, no copies. */
    private final class Volume implements EmbeddedVolume {
        private static final int FIRST = 0;

        private final CompletionHandler completions = this::onCompletion;
        private final Node node;
        private final Child target;
        private final HostClient client;
        private final Thread hook;
        private CompletionListener listener;

        Volume(final Node node, final Child target) {
            this.node = node;
            this.target = target;
            this.client = node.hostClient(FIRST);
            this.hook = new Thread(node::close, "bench-interrupted-node");
            Runtime.getRuntime().addShutdownHook(hook);
        }

        @Override
        public int buffers() {
            return client.slotCount();
        }

        @Override
        public int bufferLength() {
            return client.slotLength();
        }

        @Override
        public long address(final int buffer) {
            return client.slotAddress(buffer);
        }

        @Override
        public boolean write(final int buffer, final int length, final long offset) {
            return client.write(FIRST, buffer, length, offset, false, buffer);
        }

        @Override
        public boolean read(final int buffer, final int length, final long offset) {
            return client.read(FIRST, buffer, length, offset, buffer);
        }

        @Override
        public int poll(final CompletionListener completionListener) {
            listener = completionListener;
            return client.poll(completions);
        }

        @Override
        public Set<Long> pids() {
            return Set.of(ProcessHandle.current().pid(), target.handle().pid());
        }

        /** If the machine is shutting down already, hooks do it: this one gives the RAM disk's room back. */
        @Override
        public void close() {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (final IllegalStateException e) {
                return;
            }
            node.close();
            children.stop(target);
        }

        private void onCompletion(final long correlationId, final int slot, final Status status) {
            listener.onComplete(slot, status == Status.OK);
        }
    }
}
