package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.EmbeddedVolume;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import io.twintrack.engine.host.HostClient;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Node;
import io.twintrack.node.demo.DemoFolder;
import io.twintrack.node.demo.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The origin's node in this process, with a client in the same one; the target's node in a process of its own. */
public final class NodeEmbedding implements TwintrackInProcess.Embedding {
    /** Enough for 1 MiB at depth 8 beside what NBD clients would keep. */
    private static final int HOST_SLOTS = 96;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Children children;
    private final Path program;

    /** @param program the path of {@code bin/twintrack}. */
    public NodeEmbedding(final Children children, final Path program) {
        this.children = children;
        this.program = program;
    }

    @Override
    public Optional<String> unavailable() {
        return Files.isExecutable(program)
            ? Optional.empty() : Optional.of("no program at " + program + ": name it with --twintrack");
    }

    @Override
    public EmbeddedVolume open(final Volumes volumes) throws IOException {
        try {
            final DemoFolder folder = DemoFolder.prepare(volumes.dir(), volumes.size(), null);
            final Child target = children.start("twintrack-target",
                List.of(program.toString(), "node", folder.configFile(Side.TARGET).toString()));
            final Node origin = Node.start(folder.config(Side.ORIGIN), HOST_SLOTS);
            awaitServing(origin);
            final HostClient client = origin.hostClient(0);
            return new HostVolume(origin, client, children, target);
        } catch (final CommandFailedException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void awaitServing(final Node origin) throws IOException {
        final long deadlineNs = System.nanoTime() + START_LIMIT.toNanos();
        while (!origin.isServing()) {
            if (System.nanoTime() - deadlineNs > 0) {
                origin.close();
                throw new IOException("the volume is not served after " + START_LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}
