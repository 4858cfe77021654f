package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SideStoreTest {
    private static final int TRACK = StoreRig.TRACK;
    private static final long REGION = 4 << 20;
    private static final long SIZE = 32 * REGION;

    private final MetadataLayout layout = new MetadataLayout(SIZE, TRACK);
    private final List<Status> ended = new ArrayList<>();

    private StoreRig next(final StoreRig rig) {
        rig.disk.losePower(1);
        return new StoreRig(rig.disk, rig.layout, 16);
    }

    @Test
    void everyFieldComesBack() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.change(side -> {
            long value = 1L << 62;
            side.pairIdHigh = ++value;
            side.pairIdLow = ++value;
            side.volumeName = "v".repeat(Superblock.MAX_NAME);
            side.diskIdentity = "d".repeat(Superblock.MAX_DISK_IDENTITY);
            side.role = Role.REDUNDANT;
            side.sideState = SideState.OUTDATED;
            side.peerSideState = SideState.FAILED;
            side.mode = Mode.MEMORY;
            side.severedBy = SeveredBy.ERROR;
            side.serving = true;
            side.fullCompare = true;
            side.comparing = true;
            side.baseHigh = ++value;
            side.baseLow = -++value;
            side.remember(++value, ++value);
            side.remember(++value, ++value);
            side.remember(++value, ++value);
            side.remember(++value, ++value);
            side.syncGenerationHigh = ++value;
            side.syncGenerationLow = ++value;
            side.ownLife = ++value;
            side.peerLife = ++value;
            side.resizeId = ++value;
            side.resizeSize = ++value;
            side.resizeOldSize = ++value;
        });
        final StoreRig later = next(rig);
        assertEquals(Outcome.LOADED, later.outcome);
        assertNull(later.reason);
        assertEquals(describe(rig.store.superblock()), describe(later.store.superblock()));
        assertEquals(SIZE, later.store.superblock().volumeSize);
        assertEquals((1L << 62) + 11, later.store.superblock().historyHigh[0]);
        assertEquals((1L << 62) + 8, later.store.superblock().historyLow[2]);
    }

    /** All fields, so that none is forgotten on the way. */
    private static String describe(final Superblock side) {
        final StringBuilder text = new StringBuilder();
        for (final java.lang.reflect.Field field : Superblock.class.getFields()) {
            try {
                final Object value = field.get(side);
                text.append(field.getName()).append('=')
                    .append(value instanceof long[] many ? java.util.Arrays.toString(many) : value).append('\n');
            } catch (final IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }

    @Test
    void changesQueueAndCountOnlyWhenBothCopiesAreDurable() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        final long sequence = rig.store.superblock().sequence;
        rig.store.change(side -> side.ownLife = 5, ended::add);
        rig.store.change(side -> side.peerLife = side.ownLife + 1, ended::add);
        rig.store.poll();
        assertEquals(1, rig.disk.underWay());
        rig.step();
        assertEquals(0, rig.store.superblock().ownLife);
        rig.step();
        assertEquals(List.of(Status.OK), ended);
        assertEquals(5, rig.store.superblock().ownLife);
        assertEquals(0, rig.store.superblock().peerLife);
        rig.settle();
        assertEquals(6, rig.store.superblock().peerLife);
        assertEquals(sequence + 2, rig.store.superblock().sequence);
    }

    @Test
    void namesThatDoNotFitAreABug() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.store.change(side -> side.peerIqn = "x".repeat(Superblock.MAX_NAME + 1), ended::add);
        assertThrows(IllegalArgumentException.class, rig.store::poll);
    }

    @Test
    void aNewFileHasEverythingMarkedAndNothingBeforeItsFirstChange() {
        final StoreRig rig = new StoreRig(new VolatileDisk((int) layout.length()), layout, 16);
        assertEquals(Outcome.NEW, rig.outcome);
        assertTrue(rig.store.superblock().fullCompare);
        assertThrows(IllegalStateException.class, () -> rig.store.saveIntent(StatusListener.IGNORED));
        rig.change(side -> StoreRig.identify(side, 3));
        assertEquals(SIZE / TRACK, rig.store.tracks().count());
        final StoreRig later = next(rig);
        assertEquals(Outcome.LOADED, later.outcome);
        assertEquals(SIZE / TRACK, later.store.tracks().count());
    }

    /** Memory that nobody has written to is not there: what a volume may grow into costs nothing until it grows. */
    @Test
    void roomToGrowIsNotWrittenToBeforeTheVolumeGrows() {
        final MetadataLayout roomy = new MetadataLayout(16 * SIZE, TRACK);
        final WrittenBits first = new WrittenBits(roomy);
        final StoreRig rig = new StoreRig(new VolatileDisk((int) roomy.length()), roomy, 16,
            new StoreRig.Memory(roomy, first));
        rig.change(side -> {
            StoreRig.identify(side, 3);
            side.volumeSize = SIZE;
        });
        assertEquals(SIZE / TRACK, rig.store.tracks().count());
        assertEquals(ChangedTracks.bitsLength(SIZE, TRACK), first.end);
        rig.clear();
        rig.disk.losePower(1);
        final WrittenBits second = new WrittenBits(roomy);
        final StoreRig later = new StoreRig(rig.disk, roomy, 16, new StoreRig.Memory(roomy, second));
        assertEquals(0, later.store.tracks().count());
        assertEquals(0, second.end);
        later.change(side -> side.volumeSize = 4 * SIZE);
        assertEquals(3 * SIZE / TRACK, later.store.tracks().count());
        assertEquals(3 * SIZE / TRACK, next(later).store.tracks().count(), "what the disk says of the new tracks");
    }

    /** Knows how far it was written to. */
    private static final class WrittenBits extends UnsafeBuffer {
        private long end;

        WrittenBits(final MetadataLayout layout) {
            super(StoreRig.bits(layout));
        }

        @Override
        public void putLong(final int index, final long value) {
            end = Math.max(end, index + Long.BYTES);
            super.putLong(index, value);
        }

        @Override
        public void putLongRelease(final int index, final long value) {
            end = Math.max(end, index + Long.BYTES);
            super.putLongRelease(index, value);
        }
    }

    @Test
    void requestsThatWaitShareOneWriteOfTheBlock() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        final int before = rig.store.blockWrites();
        for (int holder = 0; holder < 8; holder++) {
            assertFalse(rig.store.intent().begin(holder, holder * REGION, TRACK));
        }
        assertTrue(rig.begun.isEmpty());
        rig.settle();
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), rig.begun);
        assertEquals(2, rig.store.blockWrites() - before);
        assertTrue(rig.store.intent().begin(9, 3 * REGION, 2 * REGION));
        assertEquals(8, rig.store.intent().active());
    }

    @Test
    void aMarkMadeWhileTheBlockIsOnItsWayWaitsForTheNextWrite() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        assertFalse(rig.store.intent().begin(0, 0, TRACK));
        rig.store.poll();
        assertFalse(rig.store.intent().begin(1, REGION, TRACK));
        rig.step();
        rig.step();
        assertEquals(List.of(0), rig.begun);
        rig.settle();
        assertEquals(List.of(0, 1), rig.begun);
    }

    @Test
    void aRegionWhoseClearIsOnItsWayIsMarkedAgainDurably() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.store.intent().begin(0, 0, TRACK);
        rig.settle();
        rig.store.intent().end(0, TRACK);
        rig.store.intent().flushed(rig.store.intent().flushBegan());
        assertEquals(1, rig.store.intent().retireAll());
        rig.store.saveIntent(ended::add);
        rig.store.poll();
        assertEquals(2, rig.disk.underWay());
        assertFalse(rig.store.intent().begin(1, 0, TRACK), "the clear is about to land");
        rig.step();
        rig.step();
        assertEquals(List.of(0), rig.begun);
        rig.settle();
        assertEquals(List.of(0, 1), rig.begun);
        assertTrue(next(rig).isMarked(0, TRACK));
    }

    @Test
    void whoWaitsForAPlaceIsServedInOrderOnceRegionsAreStable() {
        final StoreRig rig = StoreRig.clean(layout, 2);
        final IntentLog intent = rig.store.intent();
        intent.begin(0, 0, TRACK);
        intent.begin(1, REGION, TRACK);
        rig.settle();
        assertFalse(intent.wantsRetirement(), "nothing to flush while all is in flight");
        assertFalse(intent.begin(2, 2 * REGION, TRACK));
        assertFalse(intent.begin(3, 0, TRACK), "it does not overtake");
        intent.end(0, TRACK);
        assertTrue(intent.wantsRetirement());
        final long tooEarly = intent.flushBegan();
        intent.end(REGION, TRACK);
        intent.flushed(tooEarly);
        for (int i = 0; i < 4; i++) {
            rig.step();
        }
        assertEquals(List.of(0, 1, 2), rig.begun);
        intent.flushed(intent.flushBegan());
        rig.settle();
        assertEquals(List.of(0, 1, 2, 3), rig.begun);
        assertEquals(2, intent.active());
    }

    @Test
    void whatStoodOnDiskStaysMarkedUntilItIsForgotten() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.store.intent().begin(0, 0, 3 * REGION);
        rig.settle();
        final StoreRig second = next(rig);
        assertTrue(second.store.intent().begin(0, REGION, TRACK), "its bit is durable");
        second.store.intent().end(REGION, TRACK);
        second.store.intent().flushed(second.store.intent().flushBegan());
        second.store.intent().retireAll();
        second.store.saveIntent(ended::add);
        second.settle();
        assertTrue(second.isMarked(REGION, TRACK));
        second.store.intent().markAllInto(second.store.tracks());
        assertEquals(3 * REGION / TRACK, second.store.tracks().count());
        assertTrue(second.store.intent().begin(1, 2 * REGION, TRACK));
        second.clear();
        final StoreRig third = next(second);
        assertFalse(third.isMarked(0, 2 * REGION));
        assertTrue(third.isMarked(2 * REGION, TRACK), "it is active");
    }

    @Test
    void clearsReachTheDiskOnlyBehindAFlush() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        final ChangedTracks tracks = rig.store.tracks();
        tracks.mark(0, 10 * TRACK);
        rig.await(done -> rig.store.saveTracks(0, SIZE, done));
        final long tooEarly = tracks.flushBegan();
        tracks.clear(0, 5 * TRACK);
        tracks.mark(20 * TRACK, TRACK);
        tracks.flushed(tooEarly);
        rig.await(done -> rig.store.saveTracks(0, SIZE, done));
        assertEquals(11, next(rig).store.tracks().count());
        final StoreRig again = StoreRig.clean(layout, 16);
        again.store.tracks().mark(0, 10 * TRACK);
        again.await(done -> again.store.saveTracks(0, SIZE, done));
        again.store.tracks().clear(0, 5 * TRACK);
        again.await(done -> again.store.saveTracks(0, SIZE, done));
        again.store.tracks().flushed(again.store.tracks().flushBegan());
        again.await(done -> again.store.saveTracks(0, SIZE, done));
        assertEquals(5, next(again).store.tracks().count());
    }

    @Test
    void aVolumeThatGrowsHasItsNewTracksMarkedWhateverTheDiskHeldThere() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.change(side -> side.volumeSize = SIZE / 2 + 512);
        rig.clear();
        rig.change(side -> side.volumeSize = SIZE);
        final long count = SIZE / 2 / TRACK;
        assertEquals(count, rig.store.tracks().count());
        final StoreRig later = next(rig);
        assertEquals(count, later.store.tracks().count() + (later.isMarked(SIZE / 2, 1) ? 0 : 1));
        rig.store.change(side -> side.volumeSize = SIZE + 1, ended::add);
        rig.settle();
        assertEquals(List.of(Status.NO_SPACE), ended);
        assertEquals(SIZE, rig.store.superblock().volumeSize);
    }

    @Test
    void aFailedWriteIsToldToAllWhoWaitAndToAllWhoAskLater() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.store.intent().begin(0, 0, TRACK);
        rig.settle();
        rig.disk.failWrites(Status.IO_ERROR);
        rig.store.intent().begin(1, REGION, TRACK);
        rig.store.tracks().mark(0, TRACK);
        rig.store.saveTracks(0, SIZE, ended::add);
        rig.store.change(side -> side.ownLife = 9, ended::add);
        rig.settle();
        assertTrue(rig.store.isFailed());
        assertEquals(List.of(Status.IO_ERROR, Status.IO_ERROR), ended);
        rig.disk.failWrites(Status.OK);
        rig.store.saveIntent(ended::add);
        assertFalse(rig.store.intent().begin(2, 2 * REGION, TRACK));
        assertTrue(rig.store.intent().begin(3, 0, TRACK), "its mark is durable");
        rig.settle();
        assertEquals(3, ended.size());
        assertEquals(List.of(Status.IO_ERROR, Status.IO_ERROR), rig.refusals);
        assertEquals(List.of(0), rig.begun);
        assertEquals(0, rig.store.superblock().ownLife);
        assertTrue(rig.store.isIdle());
    }

    @Test
    void aSectorThatCannotBeReadCostsOneCopyOfOneBlock() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        for (int block = 0; block < layout.length() / 4096; block++) {
            rig.disk.failReads(block * 4096L + 512, block * 4096L + 1024);
            final StoreRig later = new StoreRig(rig.disk, layout, 16);
            assertEquals(Outcome.LOADED, later.outcome);
            assertEquals(block < 2, later.store.superblock().fullCompare);
            assertEquals(0, later.store.tracks().count());
        }
    }

    /** A process before failed while it wrote: its change and its mark lie in a cache, and nobody counts on them. */
    @Test
    void whatIsReadAtTheStartIsDurableBeforeItCounts() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        final byte[] before = rig.disk.stable().clone();
        rig.change(side -> side.ownLife = 9);
        rig.store.intent().begin(0, 0, TRACK);
        rig.settle();
        final VolatileDisk disk = new VolatileDisk(before);
        disk.listener((token, status) -> { });
        final int length = 2 * BlockIo.PAIR_LENGTH;
        final UnsafeBuffer bytes = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 4096));
        bytes.putBytes(0, rig.disk.stable(), 0, length);
        disk.write(0, bytes.addressOffset(), length, 0, false);
        disk.poll();
        final StoreRig started = new StoreRig(disk, layout, 16);
        assertEquals(9, started.store.superblock().ownLife);
        assertTrue(started.store.intent().begin(0, 0, TRACK), "its mark counts");
        final StoreRig later = new StoreRig(new VolatileDisk(disk.stable().clone()), layout, 16);
        assertEquals(9, later.store.superblock().ownLife);
        assertTrue(later.store.intent().isMarked(0, TRACK));
    }

    @Test
    void aDiskThatCannotBeFlushedIsNotStartedFrom() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.disk.failWrites(Status.IO_ERROR);
        assertEquals(Outcome.UNREADABLE, new StoreRig(rig.disk, layout, 16).outcome);
    }

    @Test
    void aMarkWithOneGoodCopyIsWrittenAgainBeforeItCounts() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        rig.store.intent().begin(0, 0, TRACK);
        rig.settle();
        final byte[] image = rig.disk.stable();
        image[(int) MetadataLayout.offset(layout.intentPair(0), 1) + 99]++;
        final StoreRig later = new StoreRig(new VolatileDisk(image), layout, 16);
        assertFalse(later.store.intent().begin(0, 0, TRACK));
        later.settle();
        assertEquals(List.of(0), later.begun);
    }

    @Test
    void bothCopiesOfABlockThatBelongElsewhereCountAsAllMarked() {
        final MetadataLayout large = new MetadataLayout(256L << 20, TRACK);
        final StoreRig rig = StoreRig.clean(large, 16);
        final byte[] image = rig.disk.stable();
        System.arraycopy(image, (int) MetadataLayout.offset(large.trackPair(1), 0), image,
            (int) MetadataLayout.offset(large.trackPair(0), 0), 2 * 4096);
        final StoreRig later = new StoreRig(new VolatileDisk(image), large, 16);
        assertEquals(MetadataLayout.BITS_PER_BLOCK, later.store.tracks().count());
    }
}
