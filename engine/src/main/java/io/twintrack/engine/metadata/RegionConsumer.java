package io.twintrack.engine.metadata;

/** Is shown regions of a volume, in bytes. */
@FunctionalInterface
public interface RegionConsumer {
    void onRegion(long offset, long length);
}
