package io.twintrack.bench.jmh;

import io.twintrack.node.Node;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.demo.DemoFolder;
import io.twintrack.node.demo.Side;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Both nodes of a pair in this process, on files in the current folder: what they allocate, the profiler sees. */
@State(Scope.Benchmark)
public class MirroredPair {
    static final long SIZE = 64 << 20;
    static final int HOST_SLOTS = 64;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private Path folder;
    private InetSocketAddress nbd;
    private Node target;
    Node origin;

    @Setup(Level.Trial)
    public void start() throws Exception {
        folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "twintrack-jmh-");
        final DemoFolder demo = DemoFolder.prepare(folder, SIZE, null);
        final NodeConfig config = demo.config(Side.ORIGIN);
        nbd = config.hbas().get(0).nbd().listen().resolve();
        target = Node.start(demo.config(Side.TARGET));
        origin = Node.start(config, HOST_SLOTS);
        while (!origin.isServing()) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** Where the origin serves NBD. */
    InetSocketAddress nbd() {
        return nbd;
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
        origin.close();
        target.close();
        try (Stream<Path> files = Files.walk(folder)) {
            final List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (final Path file : all) {
                Files.delete(file);
            }
        }
    }

    /** Reads or writes all of it. */
    static void fully(final SocketChannel socket, final ByteBuffer buffer, final boolean write) throws IOException {
        while (buffer.hasRemaining()) {
            if ((write ? socket.write(buffer) : socket.read(buffer)) < 0) {
                throw new IOException("the node closed the connection");
            }
        }
    }
}
