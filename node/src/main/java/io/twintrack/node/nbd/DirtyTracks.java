package io.twintrack.node.nbd;

import io.twintrack.engine.metadata.ChangedTracks;

/**
 * {@code qemu:dirty-bitmap:changed}: the tracks that the peer does not have, so all that was written since the pair was
 * severed. Nothing is dirty in a pair that is in step. HBA's thread only.
 */
public final class DirtyTracks implements ExtentSource {
    private static final int DIRTY = 1;

    private final ChangedTracks tracks;

    public DirtyTracks(final ChangedTracks tracks) {
        this.tracks = tracks;
    }

    @Override
    public String context() {
        return "qemu:dirty-bitmap:changed";
    }

    @Override
    public long extent(final long offset, final int limit) {
        // While a pair is resized the clients' size and that of the tracks may differ.
        if (offset >= tracks.volumeSize()) {
            return ExtentSource.extentOf(limit, 0);
        }
        final long marked = tracks.runLength(offset, limit);
        if (marked > 0) {
            return ExtentSource.extentOf((int) marked, DIRTY);
        }
        final long next = tracks.nextMarked(offset);
        return ExtentSource.extentOf(next == ChangedTracks.NONE ? limit : (int) Math.min(limit, next - offset), 0);
    }
}
