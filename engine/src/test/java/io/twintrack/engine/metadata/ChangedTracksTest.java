package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedTracksTest {
    private static final int TRACK = 4096;
    private static final long TIB = 1L << 40;

    private static ChangedTracks tracks(final long capacity, final long size, final int trackSize) {
        final MetadataLayout layout = new MetadataLayout(capacity, trackSize);
        return new ChangedTracks(StoreRig.bits(layout), StoreRig.summary(layout), size, trackSize);
    }

    @Test
    void oneTebibyteTakesLessThan33Mebibytes() {
        assertTrue(ChangedTracks.length(TIB, TRACK) <= 33L << 20, ChangedTracks.length(TIB, TRACK) + " bytes");
    }

    @Test
    void marksOutwardAndClearsInward() {
        final ChangedTracks tracks = tracks(10 * TRACK, 10 * TRACK, TRACK);
        tracks.mark(TRACK + 1, TRACK);
        assertEquals(2, tracks.count());
        assertEquals(TRACK, tracks.nextMarked(0));
        assertEquals(TRACK + 7, tracks.nextMarked(TRACK + 7));
        assertEquals(2 * TRACK, tracks.runLength(TRACK, Long.MAX_VALUE));
        assertEquals(100, tracks.runLength(TRACK, 100));
        assertEquals(0, tracks.runLength(0, TRACK));
        tracks.clear(TRACK + 1, 2 * TRACK - 1);
        assertEquals(1, tracks.count());
        assertEquals(TRACK, tracks.runLength(TRACK, Long.MAX_VALUE));
        tracks.clear(TRACK, TRACK - 1);
        assertEquals(1, tracks.count());
        tracks.clear(TRACK, TRACK);
        assertEquals(ChangedTracks.NONE, tracks.nextMarked(0));
    }

    @Test
    void theEndOfTheVolumeCoversItsLastTrack() {
        final long size = 3 * TRACK + 512;
        final ChangedTracks tracks = tracks(size, size, TRACK);
        tracks.markAll();
        assertEquals(4, tracks.count());
        assertEquals(size, tracks.runLength(0, Long.MAX_VALUE));
        tracks.clear(3 * TRACK, 511);
        assertEquals(4, tracks.count());
        tracks.clear(3 * TRACK, 512);
        assertEquals(3, tracks.count());
        assertEquals(ChangedTracks.NONE, tracks.nextMarked(3 * TRACK));
        assertEquals(ChangedTracks.NONE, tracks.nextMarked(size));
        assertThrows(IndexOutOfBoundsException.class, () -> tracks.mark(size - 1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> tracks.nextMarked(size + 1));
    }

    @Test
    void growingMarksWhatIsNewAndShrinkingForgetsWhatIsGone() {
        final ChangedTracks tracks = tracks(1000 * TRACK, 100 * TRACK + 512, TRACK);
        tracks.resize(200 * TRACK);
        assertEquals(100 * TRACK, tracks.nextMarked(0));
        assertEquals(100, tracks.count());
        tracks.resize(150 * TRACK);
        assertEquals(50, tracks.count());
        tracks.clearAll();
        assertEquals(0, tracks.count());
        tracks.resize(1000 * TRACK);
        assertEquals(850, tracks.count());
        assertThrows(IllegalArgumentException.class, () -> tracks.resize(1025 * TRACK));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 64, 65, 4096, 4097, 300_000})
    void agreesWithAPlainSetOfBits(final long count) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final long size = count * TRACK - random.nextInt(8) * 512;
        final ChangedTracks tracks = tracks(size, size, TRACK);
        final BitSet model = new BitSet((int) count);
        for (int step = 0; step < 3_000; step++) {
            final long offset = (long) (random.nextDouble() * size);
            final long most = random.nextInt(20) == 0 ? size : 40L * TRACK;
            final long length = Math.min(size - offset, (long) (random.nextDouble() * most));
            final int from = (int) (offset / TRACK);
            if (random.nextBoolean()) {
                tracks.mark(offset, length);
                model.set(from, length == 0 ? from : (int) ((offset + length - 1) / TRACK) + 1);
            } else {
                tracks.clear(offset, length);
                final int first = (int) ((offset + TRACK - 1) / TRACK);
                final int end = offset + length == size ? (int) count : (int) ((offset + length) / TRACK);
                model.clear(first, Math.max(first, end));
            }
            check(tracks, model, (long) (random.nextDouble() * size), size, "seed " + seed + " step " + step);
        }
    }

    private static void check(
        final ChangedTracks tracks, final BitSet model, final long offset, final long size, final String message) {
        final int track = (int) (offset / TRACK);
        assertEquals(model.cardinality(), tracks.count(), message);
        final int next = model.nextSetBit(track);
        assertEquals(next < 0 ? -1 : Math.max(offset, (long) next * TRACK), tracks.nextMarked(offset), message);
        final long run = Math.min(size, (long) model.nextClearBit(track) * TRACK) - offset;
        assertEquals(Math.max(0, run), tracks.runLength(offset, size), message);
        assertEquals(model.get(track), tracks.isMarked(offset, 1), message);
        final long length = Math.min(size - offset, 9L * TRACK);
        final int last = (int) ((offset + length - 1) / TRACK);
        assertEquals(next >= 0 && next <= last, tracks.isMarked(offset, length), message);
    }

    /** A reader never misses a mark that stays, however much changes around it. */
    @Test
    void anotherThreadAlwaysFindsWhatStaysMarked() throws InterruptedException {
        final long count = 70_000;
        final ChangedTracks tracks = tracks(count * TRACK, count * TRACK, TRACK);
        final long kept = 64 * 64 * 7 + 5;
        tracks.mark(kept * TRACK, TRACK);
        final AtomicReference<String> fault = new AtomicReference<>();
        final Thread reader = new Thread(() -> {
            for (int i = 0; i < 100_000 && fault.get() == null; i++) {
                final long next = tracks.nextMarked(0);
                if (next < 0 || next > kept * TRACK || !tracks.isMarked(kept * TRACK, 1)) {
                    fault.set("next " + next);
                }
            }
        });
        reader.start();
        final Random random = new Random(5);
        while (reader.isAlive()) {
            final long offset = random.nextInt((int) count) * (long) TRACK;
            if (offset != kept * TRACK) {
                tracks.mark(offset, TRACK);
                tracks.clear(offset, TRACK);
            }
        }
        reader.join(10_000);
        assertFalse(reader.isAlive());
        assertNull(fault.get());
    }

    @Test
    void blocksSayMarkedBehindTheEnd() {
        final ChangedTracks tracks = tracks(100 * TRACK, 10 * TRACK, TRACK);
        tracks.mark(3 * TRACK, TRACK);
        final UnsafeBuffer block = new UnsafeBuffer(new byte[MetadataLayout.WORDS_PER_BLOCK * 8]);
        tracks.copyBlock(0, block, 0);
        assertEquals(-1L << 10 | 8, block.getLong(0, java.nio.ByteOrder.LITTLE_ENDIAN));
        tracks.clearAll();
        tracks.markBlock(0, block, 0);
        assertEquals(1, tracks.count());
        assertTrue(tracks.isMarked(3 * TRACK, 1));
    }
}
