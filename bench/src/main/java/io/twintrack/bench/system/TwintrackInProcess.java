package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.ClosedLoop;
import io.twintrack.bench.load.EmbeddedVolume;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Twintrack in the client's own process, the target in another: no client protocol between. */
public final class TwintrackInProcess implements SystemUnderTest {
    private static final Duration SETTLING = Duration.ofSeconds(8);
    private static final long BUFFER_SEED = 1;

    private final Embedding embedding;
    private EmbeddedVolume volume;
    private ClosedLoop client;

    public TwintrackInProcess(final Embedding embedding) {
        this.embedding = embedding;
    }

    @Override
    public String name() {
        return "twintrack-inprocess";
    }

    @Override
    public String describe() {
        return "Twintrack, client and origin in one process, target in another";
    }

    @Override
    public Optional<String> unavailable() {
        return embedding.unavailable();
    }

    @Override
    public boolean isMirror() {
        return true;
    }

    /** The target is a process that starts cold; the origin's code is hot after the first cell. */
    @Override
    public Duration settling() {
        return SETTLING;
    }

    @Override
    public void start(final Volumes volumes) throws IOException {
        volume = embedding.open(volumes);
    }

    @Override
    public LoadResult run(final LoadRun run) throws IOException {
        if (client == null) {
            client = new ClosedLoop(volume, run.workload(), BUFFER_SEED);
        }
        return client.run(run);
    }

    @Override
    public Set<Long> pids() {
        return volume.pids();
    }

    @Override
    public void stop() {
        if (volume != null) {
            volume.close();
            volume = null;
            client = null;
        }
    }

    /** Opens a mirrored volume whose origin is this process. */
    public interface Embedding {
        /** Why it cannot run here. */
        Optional<String> unavailable();

        /** Starts the target's process and the origin on these files; returns when the volume serves. */
        EmbeddedVolume open(Volumes volumes) throws IOException;
    }
}
