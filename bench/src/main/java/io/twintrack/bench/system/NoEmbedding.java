package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.EmbeddedVolume;
import java.util.Optional;

/** Stands where the node's embedding belongs until it has one: the row is skipped, with the reason. */
public final class NoEmbedding implements TwintrackInProcess.Embedding {

    @Override
    public Optional<String> unavailable() {
        return Optional.of("the node cannot be embedded yet");
    }

    @Override
    public EmbeddedVolume open(final Volumes volumes) {
        throw new IllegalStateException("the node cannot be embedded yet");
    }
}
