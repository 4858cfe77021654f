package io.twintrack.node.nbd;

import io.twintrack.engine.metadata.ChangedTracks;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

class DirtyTracksTest {
    private static final int TRACK = 4096;
    private static final int SIZE = 100 * TRACK;

    private ChangedTracks tracks;
    private DirtyTracks source;

    @BeforeEach
    void make() {
        tracks = new ChangedTracks(new UnsafeBuffer(ByteBuffer.allocateDirect(4096)),
            new UnsafeBuffer(ByteBuffer.allocateDirect((int) ChangedTracks.summaryLength(4096))), SIZE, TRACK);
        source = new DirtyTracks(tracks);
    }

    private void assertExtent(final int length, final int flags, final long offset, final int limit) {
        assertEquals(ExtentSource.extentOf(length, flags), source.extent(offset, limit));
    }

    @Test
    void aPairInStepHasNoDirtyTracks() {
        assertExtent(SIZE, 0, 0, SIZE);
    }

    @Test
    void runsBeginAndEndWithinTheLimit() {
        tracks.mark(10 * TRACK, 3 * TRACK);
        assertExtent(10 * TRACK, 0, 0, SIZE);
        assertExtent(512, 0, 0, 512);
        assertExtent(512, 0, 10 * TRACK - 512, SIZE);
        assertExtent(3 * TRACK, 1, 10 * TRACK, SIZE);
        assertExtent(3 * TRACK - 512, 1, 10 * TRACK + 512, SIZE);
        assertExtent(1024, 1, 10 * TRACK + 512, 1024);
        assertExtent(87 * TRACK, 0, 13 * TRACK, 87 * TRACK);
    }

    @Test
    void allIsDirtyAfterAFullMark() {
        tracks.markAll();
        assertExtent(SIZE, 1, 0, SIZE);
    }

    /** A client that attached before a pair became smaller may ask for what is gone. */
    @Test
    void whatLiesBehindTheTracksIsClean() {
        tracks.markAll();
        assertExtent(TRACK, 0, SIZE, TRACK);
        assertExtent(SIZE, 1, 0, 2 * SIZE);
    }
}
