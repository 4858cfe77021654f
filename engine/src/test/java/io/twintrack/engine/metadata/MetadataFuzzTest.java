package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A metadata file with any bytes in it: loading ends, without an exception, and forgets no mark of a good copy. */
class MetadataFuzzTest {
    private static final int TRACK = StoreRig.TRACK;
    private static final int BLOCK = MetadataLayout.BLOCK_LENGTH;
    private static final long REGION = 4 << 20;
    private static final long SIZE = 2 * REGION;
    private static final int MOST_EDITS = 8;
    private static final MetadataLayout LAYOUT = new MetadataLayout(SIZE, TRACK);
    private static final StoreRig.Memory MEMORY = new StoreRig.Memory(LAYOUT);
    private static final byte[] IMAGE = image();

    private final ByteBuffer direct = ByteBuffer.allocateDirect(IMAGE.length);
    private final UnsafeBuffer file = new UnsafeBuffer(direct);

    /** The second region is active, and three tracks of the first are marked. */
    private static byte[] image() {
        final StoreRig rig = StoreRig.clean(LAYOUT, 4);
        rig.store.intent().begin(0, REGION, TRACK);
        rig.settle();
        rig.store.tracks().mark(5 * TRACK, 3 * TRACK);
        rig.await(done -> rig.store.saveTracks(0, SIZE, done));
        return rig.disk.stable();
    }

    private StoreRig load() {
        final byte[] bytes = new byte[IMAGE.length];
        file.getBytes(0, bytes);
        final StoreRig rig = new StoreRig(new VolatileDisk(bytes), LAYOUT, 4, MEMORY);
        assertNotNull(rig.outcome, "loading did not end");
        if (rig.outcome == Outcome.UNREADABLE) {
            assertNotNull(rig.reason);
        }
        return rig;
    }

    private void put(final int block, final FuzzedDataProvider data, final boolean seal) {
        final byte[] bytes = data.consumeBytes(data.consumeInt(0, 256));
        file.putBytes(block * BLOCK + data.consumeInt(0, BLOCK - 256), bytes);
        if (seal) {
            BlockSeal.seal(file, block * BLOCK);
        }
    }

    /** Anything anywhere, some of it under a good checksum: no exception, no hang, and a reason where it is refused. */
    @FuzzTest(maxDuration = "2m")
    void anyBytes(final FuzzedDataProvider data) {
        file.putBytes(0, IMAGE);
        for (int i = 0; i < MOST_EDITS && data.remainingBytes() > 0; i++) {
            put(data.consumeInt(0, IMAGE.length / BLOCK - 1), data, data.consumeBoolean());
        }
        final StoreRig rig = load();
        if (rig.outcome == Outcome.LOADED) {
            rig.change(side -> side.fullCompare = true);
        }
    }

    /** One copy of each block of marks stays good, whatever the other one says: no mark of it is missing. */
    @FuzzTest(maxDuration = "2m")
    void oneCopyOfEachBlockOfMarks(final FuzzedDataProvider data) {
        file.putBytes(0, IMAGE);
        for (int pair = 1; pair < IMAGE.length / BLOCK / 2; pair++) {
            put(2 * pair + data.consumeInt(0, 1), data, data.consumeBoolean());
        }
        final StoreRig rig = load();
        assertEquals(Outcome.LOADED, rig.outcome);
        final ChangedTracks tracks = rig.store.tracks();
        rig.store.intent().markAllInto(tracks);
        assertEquals(3 * TRACK, tracks.runLength(5 * TRACK, 3 * TRACK));
        assertEquals(REGION, tracks.runLength(REGION, REGION));
    }

    /** One superblock stays good and the other one cannot pass for a later one: the side is known, or not trusted. */
    @FuzzTest(maxDuration = "2m")
    void oneSuperblock(final FuzzedDataProvider data) {
        file.putBytes(0, IMAGE);
        final int bad = data.consumeInt(0, 1);
        put(bad, data, false);
        final boolean damaged = !BlockSeal.isIntact(file, bad * BLOCK);
        final StoreRig rig = load();
        assertNotEquals(Outcome.NEW, rig.outcome);
        if (damaged) {
            assertEquals(Outcome.LOADED, rig.outcome);
            assertEquals(77, rig.store.superblock().metadataIdHigh);
        }
        assertTrue(rig.outcome != Outcome.LOADED || rig.store.tracks().isMarked(5 * TRACK, TRACK));
    }
}
